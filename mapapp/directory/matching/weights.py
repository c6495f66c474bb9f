"""What each agreement and disagreement counts, in bits: the whole model on one page.

A weight is log2(m / u) after Fellegi and Sunter (1969): m is how often two records of the same unit look so, u how
often records of different units do that are near enough to be compared at all. Weights of a pair are added to PRIOR,
the sum is the logarithm of the odds. A level in CONFLICTS never lets a pair be sure, whatever else agrees.
"""

from typing import Final, Literal

Field = Literal["identifiers", "name", "kind", "address", "area", "distance", "contact", "register"]
Verdict = Literal["sure", "doubtful", "different"]

PRIOR: Final = -6.0  # of the pairs that are compared, one in sixty-five
SURE: Final = 4.0  # sixteen to one
DOUBTFUL: Final = -3.0  # one to eight

WEIGHTS: Final[dict[tuple[Field, str], float]] = {
    # REGON belongs to one unit; NIP and KRS are often those of the gmina or association that runs many
    ("identifiers", "same unit"): 10.0,
    ("identifiers", "same owner"): 2.0,
    ("identifiers", "another unit of the owner"): -4.0,
    ("identifiers", "other"): -5.0,
    ("name", "same"): 6.0,
    ("name", "one within the other"): 3.5,
    ("name", "similar"): 1.0,
    ("name", "only one has a name of its own"): -0.5,
    ("name", "none has a name of its own"): 1.0,
    ("name", "other"): -5.0,
    ("name", "other level"): -5.0,  # GOPS and MOPS of one town
    ("name", "other number"): -6.0,
    ("name", "branch and main"): -4.0,
    ("kind", "only one in a gmina"): 7.0,
    ("kind", "same"): 2.0,
    ("kind", "related"): -1.0,
    ("kind", "other"): -11.0,
    ("address", "same"): 7.0,
    ("address", "nearly"): 4.0,
    ("address", "same street"): 2.0,
    ("address", "other house"): -3.0,
    ("address", "other street"): -4.5,
    ("area", "same"): 1.0,
    ("area", "same town"): -1.0,  # the office of a rural gmina lies in the town
    ("area", "other"): -6.0,
    ("distance", "same point"): 4.0,
    ("distance", "near"): 2.0,
    ("distance", "apart"): -2.0,
    ("distance", "far"): -7.0,
    # telephone and e-mail together: whoever shares one mostly shares the other
    ("contact", "same"): 4.5,
    ("contact", "shared by several"): 1.0,
    ("contact", "other"): -1.0,
    ("register", "lists both"): -3.0,
}
CONFLICTS: Final[frozenset[tuple[Field, str]]] = frozenset(
    {
        ("identifiers", "another unit of the owner"),
        ("identifiers", "other"),
        ("name", "other"),
        ("name", "other level"),
        ("name", "other number"),
        ("name", "branch and main"),
        ("kind", "related"),
        ("kind", "other"),
        ("address", "other house"),
        ("address", "other street"),
        ("area", "same town"),
        ("area", "other"),
        ("distance", "far"),
    }
)
# of these a gmina (or its powiat) has one, so that two records there are mostly one
ONE_IN_A_GMINA: Final = frozenset({"ops", "cus", "pcpr"})
# a unit becomes the other in time, or registers call it either
RELATED_KINDS: Final = (
    frozenset({"ops", "cus"}),
    frozenset({"ddp", "ddsp"}),
    frozenset({"ksp", "klub_sen"}),
    frozenset({"sds", "klub_samop"}),
    frozenset({"dps", "dps_krotko", "pco", "rdp"}),
    frozenset({"zol_hosp", "zol", "hospicjum", "ddom"}),
    frozenset({"schronisko", "sch_uo", "noclegownia", "ogrzewalnia"}),
    frozenset({"m_trening", "m_wspom", "m_adapt", "najpierw"}),
    frozenset({"dmdz", "oik", "sow"}),
    frozenset({"zlobek", "klub_dzieciecy", "dzienny_opiekun"}),
    frozenset({"pow", "rdd"}),
    frozenset({"pwd", "klub_mlodz"}),
    frozenset({"cis", "kis"}),
)
