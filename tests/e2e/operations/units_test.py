# SPDX-License-Identifier: Apache-2.0
# Copyright The simdjwt Authors
"""What systemd itself says of the units in tools/integrations/systemd."""

import os
import shutil
import subprocess
import tempfile
import unittest

UNITS = os.environ["SIMDJWT_UNITS"]
EXPOSURE_MAX = 15  # of 100, in tenths; systemd calls below 50 OK


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
class UnitsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # The daemon need not be installed: the one of this build takes its place.
        for name in ("simdjwtd.service", "simdjwtd.socket"):
            with open(os.path.join(UNITS, name), encoding="utf-8") as file:
                text = file.read()
            if name.endswith(".service"):
                self.assertIn("\nExecStart=simdjwtd ", text)
                text = text.replace("ExecStart=simdjwtd", "ExecStart=" + os.environ["SIMDJWTD"])
            with open(os.path.join(folder.name, name), "w", encoding="utf-8") as file:
                file.write(text)
        self.folder = folder.name

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *arguments], cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)

    def test_they_are_without_mistakes(self):
        outcome = self.analyze("verify", "--man=no", "./simdjwtd.service", "./simdjwtd.socket")
        self.assertEqual((outcome.returncode, outcome.stdout), (0, ""))

    def test_the_service_may_do_little(self):
        outcome = self.analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX}",
                               "--no-pager", "./simdjwtd.service")
        self.assertEqual(outcome.returncode, 0, outcome.stdout)


if __name__ == "__main__":
    unittest.main()
