"""Words of a question that name no need: "szukam", "dla mnie", "gdzie jest". Folded, as searches compare them."""

# prepositions, conjunctions, pronouns, and how people begin
POLISH = """
w we na dla i oraz a z ze o od do nad pod przy po za u bez przez przed miedzy albo lub ale ani czy ze zeby aby
sie jest sa byc bede bylo mam ma miec moge mozna potrzebuje potrzebny potrzebna potrzebne potrzeba szukam chce
chcialbym chcialabym prosze poprosze gdzie jak co kto kogo komu kiedy ktory ktora ktore jaki jaka jakie
moj moja moje moim mojej mojego mojemu moich swoj swoja swojej ja mi mnie my nas nam ty ci cie was jego jej ich
ten ta to te tej tego tym tu tam nie juz tylko tez takze bardzo jakis jakas jakies
okolica okolicy okolice blisko niedaleko kolo obok najblizszy najblizsza najblizsze
"""
# the other languages of the pages
ENGLISH = """
the an for of in on at to and or with my me need where is are near
"""
UKRAINIAN = """
для на та і й у в з із зі до від про або де мені мій моя моє потрібен потрібна потрібно шукаю є
"""
STOP_WORDS = frozenset(f"{POLISH} {ENGLISH} {UKRAINIAN}".split())
