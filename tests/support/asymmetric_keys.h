// SPDX-License-Identifier: Apache-2.0
// Copyright The simdjwt Authors
//
// Private keys for tests, as JWKs that name no algorithm, and what can be done with them. Everyone
// knows them.

#ifndef SIMDJWT_TESTS_SUPPORT_ASYMMETRIC_KEYS_H_
#define SIMDJWT_TESTS_SUPPORT_ASYMMETRIC_KEYS_H_

#include <simdjwt/key.h>

#include <string>
#include <string_view>

namespace simdjwt::testing {

inline constexpr std::string_view kRsaJwk =
    R"({"kty":"RSA","n":"vcceaYBha-ymMOC23DcQYa6XfrP-N4uE1iEmRDrPwjgGQgigDbhMhBk8twbvcL-xbtzIdA)"
    R"(8PPTOtF6dwi5jQJ8gFA1dYfZ7pL10lQDBSbwd2SbzLBCJH54_qOHQLZBi9pxpUcdhXAwqeQksQ-QRZ5yLeDpgvac)"
    R"(FNAB49P80gVcoCZAseuKAFxAcfmyWlluSdTWcx901fofReVXxfP5VJDvXnX9PCIQL4ndTUWiBeHu8XYkbVDX-yc_)"
    R"(t84IjM7CPXG46grgFB0iTJ4MDnRaqdjq7axHH6nbtVGvR575s-wa0OLpA451e35oMEcN1rkRSQI5dgcO_9QhOKam)"
    R"(vwvjBp9Q","e":"AQAB","d":"AYq_JANPh1V2ajpBMhvebbTB9V0YCTKAg07kpTRHIOBcqKeySTpAoOgllqUfR-)"
    R"(6-zdRMaqj-qjQjyWfqYa_9rP0SkVrh1K94XJKorVNXMCDC5Ml8as2ugOKp-Ah1WTxcOiHcIsqrtlIdRBOhESzoYB)"
    R"(jn7f1tkTHpYsFcJQsRIrFMa7Qhf1h-9Agn5skM4K48bQSKViMWJbj6YC099v-BrehK932v8xZm7VgeWVRDEoBdK9)"
    R"(JYjvqe-rY7bERYY1DxOvA9qF671GZFUQZF68bu9giy9V7fsU9KwibEJIl75DL2pebnhVie3aKY8lxiFeneVyGdH7)"
    R"(PbKqkUjIuf9VX04Q","p":"3UPC_XVnoEWMZBQcILD5MLbsg4ToE-WRTMBXe3977inhfj65UozxIYMOrDw-6Ke9p)"
    R"(sZpOM0gFppETeHQQCodTdz4NsZwJndlH0bBI5l3rfnasRlEh0H6ivbSarmmoh-DqWqIvsQKLZemK7avE6KQ70Myr)"
    R"(70FN9AVoe5fxsH8gEU","q":"25H0Ye9VGQqQ4Q3pOv3nC9W22G1ig9XOeCYIspksBOG6VI-aGpf8rh9RuNkUd0M)"
    R"(P8dd4eEd_mUljd9RJLnP8LXp0eXnEc4IfO2f1NsnVy8fzp9UVYfaP9eqr5MJGIjG8VirifxC52Qc_mgJgIICvQTU)"
    R"(HD71NJdPyRPf_bBt-FfE","dp":"furXdjtZ7Xz3QpCmcboRtfe3QtmBpagQ6E2L4LMHi11Kkve3pbpiti5OxEzq)"
    R"(aNmO15MH2CUROuXSODpHEgcWOAt_9StuOSJTRtV3A8yL8adX4i30OQGHjR53I_DJvEUHaK5LMeGRVQWfs4NeeYzO)"
    R"(Re_tqxBpZdJeFjx9g6zSAWE","dq":"Lpzwra3aegN1OGH0ppJqb2fCdnXaWTSVrYodhJTh9HNbVEJcK9MiUHDTr)"
    R"(5NeNedlxijBKX-8RfV_iVvm4Va8LYd2nKdOHlt8d-cc9rGokqdzQakJ7g8jBsj4DwtzSiUW35AhH2qUmc9hIDfq4)"
    R"(luPWR-BzUSZ0TMKlruzXOcFQHE","qi":"W8jdnQRjU7THgoo1pOcXJUWO5STQRJMSgUG12e5s_AUg4ZAs6EXGtU)"
    R"(qpf_2YGjiimM_WvXIRRA4ltvWyu9mJr-S-p4WUNTZk5-Oj-AXzrM-Tt45QbM61uPi_9V7HeLwHpMI2K6JwywQoIj)"
    R"(Dk6UuohXm4KzNIsC6gJQEDi0qMNrE"})";

inline constexpr std::string_view kOtherRsaJwk =
    R"({"kty":"RSA","n":"3IEsF5Ro5SuraH6cVE0ZCCufYUmUBBqy7zlCNuXqJBBZKBNkt9--6f1Rl7llAbijG41yPg)"
    R"(pWJ3S6ShxhfogKqun4DpqC8T3ldJhB5bUYZLXqFGkHSoHIS3OdAkFPV6oUpaBbL91wIYTWQmm9nMzCJkjbJ4XscY)"
    R"(m2V8YCC-Ug9I4aCMyApGhjPpdmQ71xhdBwvQ1UX-0na15XFSf2eyEOIeQF-y238zZ_d-hdts1J8eAydqZ0Fho-2b)"
    R"(4LLg2UVsX78ywUk9HD4qvBP09zmZoIi3H0tUIezXNby4ogsTCiYbHNUHxW3i9yHbyoGdDy0tgxXdQxtjb7kLdv6Q)"
    R"(ylWlGxhQ","e":"AQAB","d":"ZTjEyVQ-7MilqFPKpqY3sfj4cnwIvvOUpV1XCIV1fLWmf8-bQg8rgBVh0bDw7Z)"
    R"(_Y_CprwZAUKYubgq7RkHiZ0QiTbvy91ElSHjpQscZ2mrCpclIeXzUBgaVic2kQp5DzZm6cvXW85h4pDxakTKjwDQ)"
    R"(wP0m5Xcm1Br7w9L0Gw5aHFKZcAc8j5JaPPv751Dvtt0tLLHKyzmbCrwvHO3VPuflmWetvoxni7VNJFUxWG19yNFG)"
    R"(KSZ4kiC2GGckpZmyAgpJzr4wnoXWAaLAM5agflzKdqcY8AL2BKpX4c_Mq376J4wv14yfze1lBO3apM8t3HmCKuq1)"
    R"(O8TmU6Duq2dRHd1w","p":"_pE9iU02ttLxiIcIM9Vz3BLIz2xhZdSpYZzhjUTphBlGjOSWOv897Dox8n_BOLwh9)"
    R"(Bs7qsM4yuRR9Onf-FplnCEu4pkeuW7UWiVptuQPQiQxc2LwL2jo2phdHCL6xDJgAKtSIu7Ozx2JM5e-TNf0ykuVu)"
    R"(KBU1rjArnMpmeFKwU8","q":"3b7bZrRYwNvpjgrOH8DkJSOj1mlqPEgq2RgoK5pSpswTFi4apE0j_MPnhm3g5US)"
    R"(95kKbVqEdjuUb8n6YwGomSGeauqceLcbXkGM7ZJ43G63zQIb3zUaGQiFdEOug9NItQtUC0srhJHPC3b1IqjMChqV)"
    R"(fc-Pzg8BvaiYgVaeuYus","dp":"PE_e23POvbv2e5k6aUVuILrWlsYfwUeEJdtMWPL1vFVcsK7LpQip_BjBkqmP)"
    R"(9sgj5zi4hzmfb_puLG9on-eS4U2_VPJgJCDM8NqiVDFuKAZ5LNRJAYKCgJ_Ol4b2EJu6wQ3V9O7NUqa1xeJytLQJ)"
    R"(jBAiVc6uqvy0seAZABsvYeM","dq":"heqMoBMMgrSM8U6PO1gHsHI8sPGKygsfbWqMYADcJ4WZhUykpFM-B5ncS)"
    R"(jAzoOKJ-PSC0aeNrU2qOiHAaHvy0MlZBZ6FuEmcx8NWDCcMyvebr32TS_JqhKeXh-91jkUcNn9kLB-AJr6OkdGNf)"
    R"(9Q8k0puQhQJbaka4DVUU8Znp68","qi":"Is6FKA7y23lTMwe0wQc6QvlHwCaYmcCkIZVAjPwKcAbb3ndzKa1tCP)"
    R"(JvihCVl0_ogUy_h6iJH-_2nB7BDDnvV50XsFM0Q8jQFza8uz2IGghDQtoIzZcF6uwZMKw3sTi4Wu9I2VpDahG081)"
    R"(o7hqumTGLbPiCe-Yat5TUtEwuPovc"})";

// Its public exponent is 3.
inline constexpr std::string_view kRsaExponent3Jwk =
    R"({"kty":"RSA","n":"v4LTyHMRMZL5W1PlEySy8yJT0v6kSq5ClcMQw6_VFDOJ2wT2P5Xv1pQZPzhdgE6V4aJf)"
    R"(OpjrA6Qxn108PPTPZNAMITdmA2Aq2g7aHIzYWK_cSSPwYSVKZN1BEchwgJrgswqpydCuHsJUBEfTmxjEI4t7BbrZ)"
    R"(CE2eXtF1Y2V57Ja3335Kr9oiwrW2Cve0MLzIPmzwDnxo4mSnOILYuMRJf7XaFVoAcR5VChKfH06VgkWQqYcLnKW6)"
    R"(YO67Av3Bs7B0epWkVK4TtPgBb-_oNPt2ce-2HwSm1Wrr_Wk-sY5qrTjJFJKpRXWqwmKt_rw88ZGRpxGWZZqQRNkR)"
    R"(bkUbSnhKow","e":"Aw","d":"f6yNMEy2IQymPOKYt23MohbijKnC3HQsY9dggnU4uCJb51ikKmP1ObgQ1NA-VY)"
    R"(m5QRbqJxCcrRghFOjS003fmIqywM-ZV5Vx5rSRaF3lkHU9hhf1lhjcQz4rYTBLAGdAd1xxMTXJadbirYU3vLstbQ)"
    R"(enWSc7Wt5plIujl5j78w39i2T_mbdBeTyPiovPYuEWSGCLuV5oFRpJ-wG1iVLVPeNCCB6yl6gFDdCX7O6ipDGu-v)"
    R"(V-yZoCBDwfumlM1CGfcYfFgOM-pSn0GnwUMKFgkf0Omrb-VgbWxNtndHd2oP2RmbCkd3IYMPToP2jSsXeohsKQ5q)"
    R"(ymQ90wo5H00aOSmw","p":"6mBM_wsuwsg0wROxV7-RwcrIyT3mvARynQjmfJwdZovpnT7ObAIPgFSOggd_4mpZy)"
    R"(SI6RM3ZyKbmZ2JX_mrlwUaNvIO1v6ICK-2shHLX4o04KPO6dIeDK5APW3AUkWgLRC6Q-Hc5Aeckd1DxwNbj6JO4A)"
    R"(bsYKAZBvPEfzycNIe0","q":"0S4ZzD4YfcSmHad0pVzZZQcTVTqIEL5KmzcZy86qoxb3WcpdiIuSzSDLOTRovyG)"
    R"(hQQ7ciKBk7rOuJAkH0AqYRAm8P4-jdhs251qJRXkxgwm790M3tMzdfkYQyBLGp1OxKn94uhsRhJHO2k6tQBB6LEk)"
    R"(1u1B_btjLi4fKXOj1zM8","dp":"nEAzVLIfLIV4gLfLj9UL1ocwhilEfVhMaLCZqGgTmbKbvine8qwKVY20Vq-q)"
    R"(lvGRMMF8Ld6RMG9EROw6qZyZK4Refa0j1RasHUkdraHlQbN6xffRowUCHQq056ANtkVc2B8LUE97VpoYT4tL1eSX)"
    R"(8GJ6q9IQGq7WffYVNMSza_M","dq":"i3QRMtQQU9huvm-jGOiQ7gS3jicFYH7cZ3oRMonHF2Sk5obpBbJh3hXc0)"
    R"(M2bKhZrgLSTBcBDSc0ewrCv4AcQLVvS1Qps-Wd575Gw2Pt2V1vSpNd6eIiTqYQLMAyEb40gxv-l0WdhAwvfPDRzg)"
    R"(Ar8HYYj0jWqSeXdB6_cPfCj3d8","qi":"uzH_oLz90IgrndoY43KFPn2Qtms-Z0MFC8zziIX4XyusxxphZiiqYO)"
    R"(eHtIehnuy5_ixXGuEALhANa4kyuwpmonDESIELqDLN28xGAzh4aaRiCofVYNWtLyLcX4H7in3_RefOiK7LTDTADL)"
    R"(CZE2CogKr66Vg5SNR_I0tlWMePlzw"})";

// Of 2049 bits: its first byte has one bit.
inline constexpr std::string_view kRsa2049Jwk =
    R"({"kty":"RSA","n":"AT5J1DuFbpf8sz1ZyeHNmo7Zz4LWz41WFOJ0zRU0IMrLgyCy2__MiReJ8bqZndXL2wXx)"
    R"(xqxKyUcLrcrOyomtEUNcr_bl1gNay29n4Eji7gvfmlz_pW1zxCB-xn2sFmcNFVpR64Db0KAtKkOle0VhOzjVQA9L)"
    R"(oheFf0t1b0yo4j39wwWOdU8V2FUz0zy6OY9hypyVx5smWoyOijUQJCqymJV4dG2OppBqGUumUJzWmnNelI94KfD5)"
    R"(vO9qtDVr9GCaFpsmYYjTUDLzK7a01ooQ6nLjqwtuvFNG_lAt5T1xgl_kJ9TjgCtB4lrxH94fMsgzD1SGNsPitbBM)"
    R"(-3Yh9qUL1bc","e":"AQAB","d":"Z5AGKkfEMFfcyj2I3pvTil98kYnrhoVXzkdK43dOpC2LwPvxcU3P3YTYzmp)"
    R"(lXMczwL9mcXD0BNXb-n1GkX1qfIyQBLnL5NOKFfmqlIyh_-MFivTzkqV0T05wrztrHqS3Keg1xHvBahzH_7K8ZVq)"
    R"(5tkhMy61EVHrvbFINoNfipWBE7AuNz9uJe_HDvc5GQ_ikFi-hpB0dt9TQgn4rvozNKn6wS2l5dHjjf6O4KuOX1tT)"
    R"(puKH4HB_ZMYXWyBTXmwA7bNnO0DdXCKhTho3lolWHwnbPfDI2pn2UDhLiFTU79LtS6cVIoflUcoEw39hm57wiMX2)"
    R"(6L7134qr5R3AFZ0mbAQ","p":"AYiONQFNrcmtfdm_gZb8fhsCXHJ0zbBcWuZiifgmY5ujLPLfRDu6oxW1ksPo-P)"
    R"(wGQrtZoF2imrbDTIb4KqLXs0Dggi7h8hBe-ENtFNQTZeQZLjxdSiaDY59tBUJ7wbNjT1Dl9tECPIdgDuXtyuOayz)"
    R"(KKqyO9nqpA-UGN0jIZd31h","q":"z5FStTmfdRcUoLQVxVyv0pNoihJuu4MzG4wLjCVvvedAecyZyR_9X8e9TmN)"
    R"(WW-NT1ZcW1zrTv1Mrqr4-fTAQlYMQ-C-eLEiVMll0c8pUqGvguVEbF0SsKfjszLnRyx8Rss7wsGruIdZFoyPvxK7)"
    R"(hw8ADLPx5QaYh-iFw5GQ20hc","dp":"8E_eMwYStbv3py2Nb5jyuiYf4hGPOb_QBemc_MTDhavHAIedhdMjs06M)"
    R"(olIk2mQaxgaAHdJFVE0KtDWIJFhX7AeEqp63ST5aTSyh65JUdebUXy_dDOayPg7HgYOxeNf63lNpXVo5I8ayWB_S)"
    R"(bLN-YVpymlaioydTb8YaP4FHnQE","dq":"PVEQvbhoAo7u6QpJ5COdTPd-ykrnqzz2vAyC3MOyXscRpOlsBJ4Om)"
    R"(1zF74Io4Lwm59HaTXpzUvGe1LGehBzOyVwOh0KJ10sZx-XlIM-EcrxrhlMPTbBbq4p9aXz7HKXw9IFtWLA96IED0)"
    R"(U2sZs3Co7D1PzTWHS6Wmu2GC_IOv8E","qi":"4xn3eDytT4tUWiJt54asprtmjXqAJ1o0vno3v3cEmGVFDsNqCC)"
    R"(adKuucKRXrnTPxbZF7aeduLwXAvSWji89LuE-jWIYYgB7ILYCAQQcUMG8ACSsyVkg3VY9urw94-M7GTGy0wvffgQ)"
    R"(ov-amoEN7JrYZeazagefUjZ-KG1d44jTs"})";

inline constexpr std::string_view kRsa3072Jwk =
    R"({"kty":"RSA","n":"p-pyzmd-Wl9Sr_svGeofPk4VRgWbyPfT_x-XRyyXIise9HEn5Fek6VtR2qG5sp5hyF02ke)"
    R"(N9aXk74R9xgCHlbTZ3FihU6wG9M-vsQ0XVnOfTsnWYVNTF9_r3KkeNdM6JkTpvY-rRJMFj-LmmUWa5kN1ShYLL_8)"
    R"(jAA_Fvi5C2F98mQMg4ObECEVLax8xjb_Hh4uzy3ywepmfDwOowtWHU3Ga7qWj8pCjcLGikMZtKAgldML0xtzR686)"
    R"(9ryhywgkDirl39LW9qhK-ABlAM8eYAfXSFSjNt7sI8E5Ztzu8fVCV0g3isMh5Bn1Ob7whs7_sakrXVEcx16vCTJj)"
    R"(CfXBOkhTPufGbCsgWFxMsY_9IFF5tnqF7mjGBq130wG0RQSADBfRf-RXVByp7_ABu8c6fYw5SiwsO23cuTa_OG36)"
    R"(m0OewHNkIquNPb_Of_9JkmQQZq8D5DpbbwYeraJLhppS8fvf5p4KWS0sH3APEjYZFAqihbAFGb0UkcCI7X4Xx7gj)"
    R"(GB","e":"AQAB","d":"LcWGSwZCFo9iYk8lnTpJDvpI6T_xIbyQgLxTR9b7UZiQhRBtT9ymOugmLWMlU-_BdtUV)"
    R"(4Xmx_3TJIkoobcWPnRAaMSOIVlEwin02d3YLTwyQk9ZjUkh3uGukQVWk1SDRthFIOOPS4-KFhlDQ6eKHFdqGupcX)"
    R"(VZ-a29hN0Cz_vg0Zh9IsJWm_RwqfUZRAzMySBwIRCE2mAzVI0obkBSVoWTX11K2mJHdw4PgbPdx3NYvo57bC3Q5E)"
    R"(r7VzO_JLGQ5nasdTiDRLDth2BvoI8rSVA0Z0n_aLHfNnVaRLTvXme0bwbpH77c46gih1eyDBeHA4BgD9gYmKWu66)"
    R"(ADohvvdvIsoO6QfpUOJZsjSZOqQUuyR_NVnheMrZh8ekS5J1eT6Q0qgjbfZOffzwfKCQYsr8r2aq7MtZaVWHhcdl)"
    R"(Z5kyswI-vI9iQ1CP_u4EqIDhrQ1_igxJLDQiZsmhbGyIJAxqXFJaHjDJojTz2hA-xMghoIdhy7hxfh0VbOgLf6Uy)"
    R"(K0XL","p":"33-zGza63G4WEOeHdOv35AJ7kgvC4fPFu32j0V5WQFegKwdB-rKBd0_xLgXlbOQ0CK7KdWFfEBa62)"
    R"(fjdOAF8ZZFeeJ6XS4NJovGbu358U9OqPntVGx9ExOxca3xvhb-mFDPcL454WD2k00bSHH3MZppiOzoP9CQYOKWIG)"
    R"(NuF-2zBu7aPz1ddnaIUiT-Vl2W1nDAifVgfwt3vlRqAzvCBXNf6WtUMd-SCzeH-Bu5cPTVcWAmsf943CLqk1ps_a)"
    R"(WrD","q":"wFWIZG-JuwyWe64uXWvgO8qkcyGy0v3OCVgMyV194KzlWuxf0rFBFfdOKKYezJ1NlW1JWt1YPICRwi)"
    R"(yRI0I5vxN3biKhZbmw80tFbvQyrGs9w2hjoGkEgJ5PeV933eOsg1orPbUGu35QUKf9h9EWXgEXC1s4M_MPa1nQnp)"
    R"(J6KXnHipuOm1jHUdL6BXoFKs-jV-mZVH0Dm-A5jgxfRE5ckKxAPW1rn0o_RWD5IYhErbTvAeXioL90s6EI_sojJg)"
    R"(Zr","dp":"sAnBZVoCbMU5FC-JfgquwiVCd5JT-e0sfbVEZxDLFvrt6XZZ_cDEQNnyubFjOBW29m_WgAYl_mIo4q)"
    R"(8mb4qcFNQfeRpRSOUsBvAPHetOuigqG_TA4BAM9p7FXNQyc0K06Yy_jaXGHJrRTKinrlFXwikv3j6pej9D5LpdLF)"
    R"(ccfSD4p4XwV_wUfKjBTCmNBibSmSdAw0G6Ip70qpiphFXjTuG_C_RrUbPnY4rxrzvn4z44cg-Mk1rQNkvssiyuEb)"
    R"(ZJ","dq":"cZkTOd73Bldk-h_imqMAidAiWS3qJNxrOPGce8KQeocj4BQEdLjkrEipDTEwt8Gg9UTbMqPRXcrCTG)"
    R"(FuR9jxqn2g6Jfjo-WNMeWfWO06kMO2cxfQ4Amm8yCN6C4O6ity1RIIwCWPmGX-oeTWxcUk5NjX94klJOnGja06nq)"
    R"(39IUogJSnDjNVexGFL8rgjHSoOW_pI6bH807AXzmJYUkvGOFzEhIOAMVD1FdE01C1cAwz-raxNsoviLcZLPdG9-N)"
    R"(OJ","qi":"gKQT3cWRV9EXCTfPoMuMiiCsg4MlTC0P_VBq5qqz36WEdaj8AiD5_Oc7fY93nHewCmQG0RB5T9wXH6)"
    R"(bqeiWOXCd9phVyDPMMOp7wgZea7dCR_Q9wiyAgPRMnwQVLPq6TYik505bjfY9Ki6yKemWAhQPtLpi48oq2e1HCFP)"
    R"(jTcyVW8XqF8y_Ai7utJ8P1j_64MnXHG3JXmtzoYoQUD2O_ONwiT7WYjw35r4kpOQ88DeGuP_w0rVaJJxDQhTWWMw)"
    R"(qz"})";

inline constexpr std::string_view kRsa4096Jwk =
    R"({"kty":"RSA","n":"pUYXGV0k6PRawY89MvDZ3rhUTP5LOuXGfUWGaA46QmYsD0FCdkdwPUhfMF9l_V-MS5YDxA)"
    R"(1kxrWUuoRNa4_vfgQ-yhjbElzm4hAUOQJ5QaRtOt9uZsLMOe2pxNhyounUk5oSRFnzTk31JxpLPFRChWEqd0zGg2)"
    R"(vtYbedffs7AAL-BwQfC06v5fsCOiGSxK3k7iViUXmTwaxELPkG-4fZd15zP434iZLLbqTlggoKnW_qm3iQGq3FRU)"
    R"(D7WH9Icw3yLwDHzmXtInk0KdjRLotuFOkCiFEpeJVISGrahoV7hM2ed5kzAKmVfXw99JoRtwZ5It2fISFbD8H6BC)"
    R"(ywLAeh__MBMG8YSgwmpl0PSGUiGqaN_lAb7xAczdADY8VoJFttigbKwAp5AiYr6DeCq9TBpdu7uJqDl1FIB9P-4x)"
    R"(y3SoHBG28Hpo_-Y99MAXVb4EGSa9VjnyvzdY8oBGif3GXzyaz-5sri02BMko4gUVNcaQ1HTYdh0ffnT70hc3umPT)"
    R"(Nd3Fe8rHzkNXMTQu6LIZEsL3wE-YFpoXm2R-dWl_zAmQ4doG7R_3RlgO43qSQPyK2YnAWE2MQCDOFOmmxAr0Sj6Y)"
    R"(8vXw-zNxFxczQdl5RXVFiVuI1WOtloT2rXXfah8xVL1FSH87aOFbzsrYB_pm05jkXkzCGbVf8fjF6r7Cf3nhU",")"
    R"(e":"AQAB","d":"BdVONz01cl--J0hACPZSvjy5GaQ9BqsO9njCeGrjeANP_p7XSBeX43XUiZTIY6kLFCzgh6Yls)"
    R"(9S7Vy-YZZmQLUgG6Pj3xx4OdmqfssO-q12GDxaijc_GHQJMJGWI-u0wAqCkuz2wgRzucDmfmlVqqUynZCFf0p93z)"
    R"(U6JfrrkAh6uQBRPaIWtCXvdQCzTV7aVK_7s9C1gv2xuKzyD2FNbDnk_2JL7yMFCBa7zZxj7IcOONHwMxqryRDzkU)"
    R"(iM17Pz68APsnsE0CCwzy4lP7Wm1ki6HghpZPBy1ZHxEUmH6MihUCuprkCmsHCB14FZNa0K4JPiiUe1HNUHA_644b)"
    R"(pQQuIpr9QQyLHqRRA70WVlbdUUYZilJ1DYa8NqoBKAcoTVW3eJgP8_Xs9f0oDnpW9gnkUwv_B9GexK53ak2bI2vK)"
    R"(kx7o5OTmf5t4tKdlqI5TMEWPOXLYxb5HUzWTo8XA5dSbHV2azac5CwtIEICx_dS39SFIzCpl-B3OTScYS_9qaUxE)"
    R"(2F-m-Ca4GTfjyEyszgGPFphby6Hyauglgl7dWgnzHriBmw-pEscGC2IKgmLXvT6HcFWuqHdH-k5MyA406CaSfLEO)"
    R"(mtAnu7bqVwxZvYhqwWm4GkrciWyDtq2YXWsoXLV0YypuvDWmPdnEzOGASC9k_CnhrAMIglU1nNRisoyERk","p":)"
    R"("3qSTymgebQluIggN_aWHsUOUt7AYxlAIW8JyaLS5aVDOElBnaPi2lvnDSu6kh46VZ4vBst_JZDjvaL78tzN8eQV)"
    R"(gwzPC-tq_XNB2PLh55hr-KJ_dTJWuDV3KzxoMpu4dKRt9ASAihBP1K2mPTY7z5nA20wXTBnjgwu7LIyGo-a2_kgA)"
    R"(etkFdr7pSKBXeXa0XEFJQis0b-8wzkcDlgFJBXoagAdzaELvDzSRNC-pJC4IraOJUtds6u5i60t6cq1K-D1Fy65M)"
    R"(_kVgEmGkaVX0D6Ch1s6jCDZLYhwBTBFEJJsihfHWYj-tgU5UZXcr0wtGthXTvuZ3IunoIRz-3FWq_HQ","q":"vg)"
    R"(kiEDJn8xIeqwEk8oiwJuaABe9dZtzjYYIp5LEhxlKlHFVvD1zbznMsWCwhxRHsJue0p9fIcXOCJD4JAd_HBtl5xg)"
    R"(KfcxoBJPHPJBjWYcaeMWU1LvcK-lSipDjv4z-B3NaaAttsOaTMJiSPHn3RvixQDAdOjs8d3KEKh1Tal_7LTHv2Ki)"
    R"(jz_pBJbMjB48UABcDIV_GsNbLHeOsMiPhInTCJzscZ42AumAEB-2GV6f_twykeNwk2b3s7g5Xd3sP66pV-MBd_g0)"
    R"(et3_1xl-BWlUY2sti9AJpeJuRjP-0Nl1hQz69PIDsL4qfQyvuHDnE1wHyf3kHPeVwwvsz4oH9RWQ","dp":"z03y)"
    R"(hn6YBfLH50wUqt5cEEPaz4ZaKx0OC1JscO4Fzff9SLQw9V7PtJfurXCzJb0vg_BvdPxGatlQofljGboI5i6JwHgL)"
    R"(zsOrduJrlXI3nnf3ux_PUKX2IF_6nQemTDBeWo5LwKaJPO3QVJG_avn2Q9SsV6SOrvISZa8u2hFXYtPTEkCmWBFZ)"
    R"(CGy2XriuCg9G8F2UvQjqS3QBeG9hwi_Uyg0UI2fea8JJOFPaoYOOa_bSMKC9O29bqp01J2879ZHfgifWl17Ny6lm)"
    R"(7fq_GGaFIr-5iIVT2oumrV0x70z89m3NXzOn0Cnb0Td9HQYDDPtrVF5jcDNoWamS17SN5pU0SQ","dq":"GLDRFy)"
    R"(-lZ-SLzYYZidWOpY8_RQYjqZC7jli-HrORAtaME1FaW7Gh8YHvWglp3dQFTcy_ISudJHhwiUryGqc7kb1B4CNJGk)"
    R"(hfq7ArTLJZcFzBAwP2VALPD1VdyF6JdIo00j-jxQlDV3389Fu9qKWKUd4qDFYKs-1fIOJfntO8jxEQ0wAsLLAje4)"
    R"(i9sX-oCXL4HMc-gIaq7FMtLZ3EhCtWK-45iX8-8tb1VtSSsFmug7e36ap2_YmZ5AQr6F3ZdO8bs8z2l0MGU0VF5x)"
    R"(tj3erM9RopUzVr4R8tano0FwMyx942qbVKX5KsaaeKLkVd99dnt3m5v8PnNApxXuj8yMWiCQ","qi":"ERXSsmni)"
    R"(swrQN-nVU4VJD8M9za4DEDIKbvXU-bKYYEEl4d9XnWTOn5ql9irZW0soFWi2Smn1Oi-_42FmAs3t2-qU_xjKYidN)"
    R"(B7oSMPxOL21wBfH9oQ2x8oq1Uc5ooWKFVPGyaCDYSZRIc2gwxeuD5G1yE2LPLpkZF6M4-KV9wHAaX4sUxf-KW1Hn)"
    R"(7e8joCymIHXYRjOo59J9kqRutBNIjm7ZKqWozaEESdGVysivdeBJ2OYrJDx7avg3i275YN0U_ziMdrpjFhoAhFls)"
    R"(ql50cqcRB8vjwu9T0-loGjZtrwnjViaa28u9efnekM8mgKuw2NtzG_GeHwTzJmnJI2vaxw"})";

inline constexpr std::string_view kP256Jwk =
    R"({"kty":"EC","crv":"P-256","x":"X0c__oBNPq_LKDuECOQoIyx2f4Pn-9Pg66wiC8YUWFE","y":"IQKp_NO)"
    R"(38F9bH3CSH44VcBQGdsxU90pmHtqMAvSMUcs","d":"BwVeJKMsJdmaeuUJ2njPlVmowKlSMEO6DyihTAvewJ0"})";

inline constexpr std::string_view kOtherP256Jwk =
    R"({"kty":"EC","crv":"P-256","x":"pb4SnrklwbcAicz8Eky53zXCs9D9Ydk1wRc0zTVHg64","y":"cYsAVDe)"
    R"(Ams2CbJMwCtqnUKvnQY-OoBoV_AxnE0SzXys","d":"WVi_huqmy8jIf-qAy5mJxC_e8YZ9el9-iJ93_EMKTBk"})";

inline constexpr std::string_view kP384Jwk =
    R"({"kty":"EC","crv":"P-384","x":"1ECDrQqvAeYDALPBnxDf8AnfEO6z7mOOg9mDCL1foCwtMLycWGymPMI6T)"
    R"(8OYoALh","y":"kRXqY9NHc_X_RhXVUD5VQd9x-P3AF0SPOL8iFeWz545E2YY8OrYeWb09aURjZwid","d":"9x1)"
    R"(NHCTzZaS59NZQ61M6Zo3iy9ENTSwB-HLaIm0nR4Rok0FDb76QxUsjXHOrHNqX"})";

inline constexpr std::string_view kP521Jwk =
    R"({"kty":"EC","crv":"P-521","x":"APDEC57vnE19bXlcw2YdtKCQhf1gQmuGiI_A-lgIucYv39fF56_o2JSYG)"
    R"(ptAbrw7LtKcjxrGJOGh2UdGeOTClyAw","y":"AbRtwSKDvuYDobIfZ6XHNknOvXCFrfOnDUmXRRJAq5n0FVwNUm)"
    R"(gJhHCd4LKx7O-js-lVJQQTOdVETkYtO0wDNguf","d":"AFxAHX0a3AjMsY1nmw4LZIj17esSVTST62gwUF8i6Y_)"
    R"(f_XOrb3Sjl85TxsAZBXi0C_wV23cXne_3Gsaszqi_39ip"})";

inline constexpr std::string_view kSecp256k1Jwk =
    R"({"kty":"EC","crv":"secp256k1","x":"z-4GCzDWc-EX6XM_thV4DAjaR6yhsoB0Gt9VTxFcB0Y","y":"VrU)"
    R"(hH3bFS_5AkJ0CWAg0l077onDDO8xpTVi4BjHud08","d":"2S3qv1X60C_1Yedk-bt9CZIm0SIPHcsi2tx0NW674)"
    R"(9k"})";

inline constexpr std::string_view kEd25519Jwk =
    R"({"kty":"OKP","crv":"Ed25519","x":"4I5O22h1kRB3EWwNZN7CLKqQXrTedG1KiwIvfEGDfRc","d":"_PJ3)"
    R"(AHmRg-2gs8FooBQ01PiSSln2ORFO-CZ7cgkIgQc"})";

inline constexpr std::string_view kOtherEd25519Jwk =
    R"({"kty":"OKP","crv":"Ed25519","x":"UaBczrrgbvQmMqvC62M4z1StdToo1mlBOdMCcj04rhw","d":"1ekP)"
    R"(bY91967QKFjKpdaintHuFVq-_aZugnaOCel_-ug"})";

inline constexpr std::string_view kEd448Jwk =
    R"({"kty":"OKP","crv":"Ed448","x":"LeBKoFmVJpjgmExyAaMxtM1bwbqBzHxVQzdZMVfx8tpNSGPSfG8VsNpp)"
    R"(TI_8HU8SFTTByw7tSvMA","d":"9oQYVmpW8o4wu1GmEa52_Ea9U0Pr7eigi4vSZFhU_oyrNEEIwKiJVv6RAezw9)"
    R"(GnZs9Z3PiQWjZC3"})";

// One key for each asymmetric algorithm.
struct AlgorithmKey {
  Algorithm algorithm;
  std::string_view jwk;
};
inline constexpr AlgorithmKey kAlgorithmKeys[] = {
    {Algorithm::kRs256, kRsaJwk},       {Algorithm::kRs384, kRsaJwk},
    {Algorithm::kRs512, kRsa3072Jwk},   {Algorithm::kPs256, kRsaJwk},
    {Algorithm::kPs384, kRsa3072Jwk},   {Algorithm::kPs512, kRsaJwk},
    {Algorithm::kEs256, kP256Jwk},      {Algorithm::kEs384, kP384Jwk},
    {Algorithm::kEs512, kP521Jwk},      {Algorithm::kEs256k, kSecp256k1Jwk},
    {Algorithm::kEdDsa, kEd25519Jwk},   {Algorithm::kEdDsa, kEd448Jwk},
    {Algorithm::kEd25519, kEd25519Jwk}, {Algorithm::kEd448, kEd448Jwk},
};
inline constexpr AlgorithmKey kEcdsaKeys[] = {{Algorithm::kEs256, kP256Jwk},
                                              {Algorithm::kEs384, kP384Jwk},
                                              {Algorithm::kEs512, kP521Jwk},
                                              {Algorithm::kEs256k, kSecp256k1Jwk}};

// 'ES256 {"kty":"EC","crv":"P-256","x":"', for the trace of a failure.
std::string describe(const AlgorithmKey& key);

// A JWK of the above without what is private.
std::string public_jwk(std::string_view private_jwk);

// A JWK with more members: `more` begins with a comma.
std::string with_members(std::string_view jwk, std::string_view more);

// The key of a JWK; must succeed.
Key make_jwk_key(std::string_view jwk, Algorithm algorithm, std::string kid = "");

// The token of these claims that the key's owner would make.
std::string sign_with(std::string_view private_jwk, Algorithm algorithm, std::string_view claims,
                      std::string kid = "");

}  // namespace simdjwt::testing

#endif  // SIMDJWT_TESTS_SUPPORT_ASYMMETRIC_KEYS_H_
