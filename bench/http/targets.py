# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""What the project promises of its front, judged by the medians of a run of compare."""

import statistics

from servers import FLOOR, GO, HAPROXY, LUA, NGINX, NJS, NODE, SIMDJWTD

OURS = SIMDJWTD.name


def cost_ratio(rounds, label, base):
    """The median of the rounds' ratios of CPU time: both sides of a ratio had the same noise."""
    pairs = zip(rounds[label], rounds.get(base, []))
    ratios = [mine["cpu_us"] / theirs["cpu_us"] for mine, theirs in pairs if theirs["cpu_us"] > 0]
    return statistics.median(ratios) if ratios else None


def median(rounds, label, key):
    return statistics.median(sample[key] for sample in rounds[label])


def cost(scenario, numerator, denominator):
    return lambda results: cost_ratio(results[scenario], numerator, denominator)


def per_core(scenario, label=OURS):
    """Tokens that a fully used core would check in a second."""
    return lambda results: 1e6 / median(results[scenario], label, "cpu_us")


def by_wrk(results):
    """Ours over nginx's, as the independent witness sees them."""
    pairs = zip(results["wrk"][OURS], results["wrk"][NGINX.name])
    return statistics.median(mine["rate"] / theirs["rate"] for mine, theirs in pairs)


def p99(results):
    def of(name):
        return statistics.median(s["latency_us"]["p99"] for s in results["single"][name])
    return of(OURS) / of(NGINX.name)


# (in words, the value, smallest, largest)
TARGETS = [
    ("single, over the floor", cost("single", OURS, FLOOR.name), None, 1.1),
    ("single, over nginx return 200", cost("single", OURS, NGINX.name), None, 1.0),
    ("single, p99 over nginx's", p99, None, 1.0),
    ("wrk, requests/s over nginx return 200", by_wrk, 1.0, None),
    ("nginx + Lua over ours", cost("single", LUA.name, OURS), 1.9, None),
    ("HAProxy over ours", cost("single", HAPROXY.name, OURS), 2.3, None),
    ("nginx + njs over ours", cost("single", NJS.name, OURS), 3, None),
    ("Go over ours", cost("single", GO.name, OURS), 3, None),
    ("Node over ours", cost("single", NODE.name, OURS), 6, None),
    ("pipelined by 16, checks a second of a core", per_core("depth16"), 1.2e6, None),
    ("bulk, checks a second of a core", per_core("bulk", "simdjwtd, bytes"), 2.5e6, None),
    ("verify_batch over bulk", cost("bulk", "verify_batch/hs256", "simdjwtd, bytes"), 0.65, None),
    ("unix socket over TCP", cost("unix", OURS, "simdjwtd, TCP"), None, 0.65),
    ("io_uring over epoll", cost("io", "simdjwtd --io=uring", "simdjwtd --io=epoll"), None, 0.93),
    ("io_uring over epoll, by 16",
     cost("io", "simdjwtd --io=uring, by 16", "simdjwtd --io=epoll, by 16"), None, 0.85),
    ("io_uring over epoll, unix socket",
     cost("io", "simdjwtd --io=uring, unix socket", "simdjwtd --io=epoll, unix socket"), None, 0.8),
    ("MiB resident with 10,000 idle connections", lambda results: results["idle"][OURS], None, 64),
    ("of the core, lost to slow clients", lambda results: results["slow"][OURS], None, 0.1),
]


def print_targets(results):
    """Prints each target's state and returns whether all that could be judged are met."""
    print()
    all_met = True
    for words, value_of, smallest, largest in TARGETS:
        try:
            value = value_of(results)
        except (KeyError, statistics.StatisticsError):
            value = None
        if value is None:
            continue  # not measured
        met = value >= smallest if smallest is not None else value <= largest
        bound = f"at least {smallest:,g}" if smallest is not None else f"at most {largest:g}"
        print(f"  {'ok  ' if met else 'MISS'} {words}: {value:,.2f} ({bound})")
        all_met = all_met and met
    return all_met
