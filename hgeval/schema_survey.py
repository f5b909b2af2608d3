"""The tables of the needs survey (behoeftepeiling, 36 items) and of the checklists.

The codebook is a working definition after the four advice questions of the MDA notitie (2015);
the survey's own questionnaire was never published.
"""

from __future__ import annotations

from hgeval.codebook import COST_LINES, ELEMENTS, PARTNERS, PAYERS, QUALITY_CRITERIA
from hgeval.columns import Column, Table, region

CHECKLISTS = ("W1", "W1B", "W2", "W3", "W4", "W5", "W6", "W7", "C9", "C10")
_SCALES = ("lokaal", "vt_regio", "meer_vt_regios", "landelijk", "nvt")

SURVEY_REGIONS = Table(
    "survey_regions",
    "Behoeftepeiling: regio",
    "één regio",
    ("region",),
    (
        Column(
            "region",
            "code",
            "Voor welke Veilig Thuis-regio vult u dit in?",
            required=True,
            filled=True,
            refers="region",
            item=1,
        ),
        Column("peildatum", "date", "Op welke datum geldt dit antwoord?", item=2),
        Column(
            "invuller_functie",
            "choice",
            "Wat is uw functie?",
            item=3,
            choices=("vt_manager", "beleidsambtenaar", "projectleider", "anders"),
        ),
        Column(
            "afstemming",
            "multi",
            "Met wie zijn de antwoorden afgestemd?",
            item=4,
            choices=("vt", "centrumgemeente", "regiogemeenten", "partners", "niemand"),
        ),
        Column(
            "publicatie_ok",
            "choice",
            "Mogen wij uw antwoorden per regio laten zien?",
            required=True,
            filled=True,
            item=5,
            choices=("ja", "alleen_in_totaal", "nee"),
        ),
        Column("gemeenten_n", "integer", "Hoeveel gemeenten horen bij de regio?", item=6, minimum=1, maximum=60),
        Column("inwoners", "integer", "Hoeveel inwoners heeft de regio?", item=7, minimum=100, maximum=3_000_000),
        Column("partnerregios", "multi", "Met welke regio's werkt u samen?", item=18, refers="region"),
        Column(
            "casussen_mda",
            "integer",
            "Hoeveel zaken gingen vorig jaar naar MDA of MDA++?",
            item=19,
            minimum=0,
            maximum=5000,
        ),
        Column("casussen_verwacht", "integer", "Hoeveel zaken verwacht u per jaar?", item=20, minimum=0, maximum=5000),
        Column(
            "privacyconvenant", "choice", "Is er een privacyconvenant?", item=34, choices=("ja", "in_de_maak", "nee")
        ),
        Column("knelpunt_open", "text", "Wat is het grootste knelpunt?", item=35),
        Column("steun_open", "text", "Welke steun heeft u nodig?", item=36),
    ),
)

SURVEY_ELEMENTS = Table(
    "survey_elements",
    "Behoeftepeiling: onderdelen",
    "één onderdeel in één regio",
    ("region", "element"),
    (
        region(),
        Column("element", "choice", "onderdeel", required=True, filled=True, choices=tuple(ELEMENTS)),
        Column(
            "status",
            "choice",
            "Is dit onderdeel er in uw regio?",
            required=True,
            item=8,
            choices=("aanwezig", "gepland", "afwezig", "weet_niet"),
        ),
        Column("gereed_jaar", "year", "In welk jaar is het klaar?", item=9, minimum=2000, maximum=2100),
        Column(
            "laag",
            "choice",
            "In welke laag hoort dit volgens u?",
            item=10,
            choices=("regionaal", "bovenregionaal", "landelijk"),
        ),
        Column(
            "spoor",
            "choice",
            "Is het voor acute of structurele onveiligheid?",
            item=11,
            choices=("acuut", "structureel", "beide"),
        ),
        Column("behoefte", "integer", "Hoe nodig is dit in uw regio?", item=12, minimum=1, maximum=5),
        Column("prioriteit", "integer", "Hoe veel voorrang moet dit krijgen?", item=13, minimum=1, maximum=5),
        Column(
            "capaciteit_tekort",
            "choice",
            "Is er genoeg capaciteit?",
            item=14,
            choices=("ruim", "genoeg", "te_weinig", "geen"),
        ),
        Column("schaal_nu", "choice", "Op welke schaal is dit nu geregeld?", item=15, choices=_SCALES),
        Column("schaal_wens", "choice", "Welke schaal is volgens u het best?", item=16, choices=_SCALES),
        Column(
            "schaal_reden",
            "multi",
            "Waarom deze schaal?",
            item=17,
            most=3,
            choices=("aantal_zaken", "expertise", "dag_en_nacht", "reistijd", "kosten", "partners", "bestaand"),
        ),
    ),
)

SURVEY_COSTS = Table(
    "survey_costs",
    "Behoeftepeiling: kosten",
    "één kostenpost in één regio",
    ("region", "line"),
    (
        region(),
        Column("line", "choice", "kostenpost", required=True, filled=True, choices=tuple(COST_LINES)),
        Column("kosten_bedrag", "decimal", "Wat kost dit per jaar?", item=21, minimum=0, unit="euro"),
        Column(
            "kosten_ongedekt",
            "decimal",
            "Welk deel is niet gedekt door andere geldstromen?",
            item=22,
            minimum=0,
            maximum=100,
            unit="procent",
        ),
        Column("betaler", "shares", "Wie betaalt nu?", item=23, choices=PAYERS),
        Column("betaler_wens", "choice", "Wie zou moeten betalen?", item=24, choices=PAYERS),
        Column(
            "grondslag",
            "choice",
            "Welke grondslag past?",
            item=25,
            choices=("per_inwoner", "per_incident", "vast_bedrag", "anders"),
        ),
        Column(
            "kosten_zekerheid",
            "choice",
            "Hoe zeker is dit bedrag?",
            item=26,
            choices=("begroting", "raming", "schatting"),
        ),
        Column("structureel", "choice", "Is het geld structureel?", item=27, choices=("ja", "tijdelijk", "nee")),
    ),
)

SURVEY_PARTNERS = Table(
    "survey_partners",
    "Behoeftepeiling: partners",
    "één partner in één regio",
    ("region", "partner"),
    (
        region(),
        Column("partner", "choice", "partner", required=True, filled=True, choices=tuple(PARTNERS)),
        Column(
            "partner_betrokken",
            "choice",
            "Doet deze partner mee?",
            required=True,
            item=28,
            choices=("ja_met_afspraak", "ja_zonder_afspraak", "nee_gewenst", "nee_niet_nodig"),
        ),
        Column(
            "partner_rol",
            "choice",
            "Welke rol?",
            item=29,
            choices=("regie", "kernteam", "specialist_op_afroep", "verwijzer", "financier", "toezicht"),
        ),
        Column(
            "partner_mandaat", "choice", "Mag de deelnemer zelf besluiten?", item=30, choices=("ja", "deels", "nee")
        ),
        Column("partner_tevreden", "integer", "Hoe goed loopt de samenwerking?", item=31, minimum=1, maximum=5),
    ),
)

SURVEY_QUALITY = Table(
    "survey_quality",
    "Behoeftepeiling: kwaliteit",
    "één kwaliteitscriterium in één regio",
    ("region", "criterion"),
    (
        region(),
        Column("criterion", "choice", "criterium", required=True, filled=True, choices=tuple(QUALITY_CRITERIA)),
        Column(
            "kwaliteit",
            "choice",
            "Voldoet uw regio aan dit criterium?",
            required=True,
            item=32,
            choices=("ja", "deels", "nee", "weet_niet"),
        ),
        Column("kwaliteit_belang", "integer", "Hoe belangrijk vindt u dit criterium?", item=33, minimum=1, maximum=5),
    ),
)

SURVEY_THEMES = Table(
    "survey_themes",
    "Behoeftepeiling: thema's",
    "één thema in één open antwoord van één regio",
    ("region", "question", "theme"),
    (
        region(),
        Column("question", "choice", "open vraag", required=True, filled=True, choices=("knelpunt", "steun")),
        Column("theme", "code", "thema (K-code)", required=True, filled=True),
    ),
)

CHECKLIST_ITEMS = Table(
    "checklists",
    "Checklists",
    "één punt van een checklist in één regio",
    ("region", "checklist", "item"),
    (
        region(),
        Column("checklist", "choice", "checklist", required=True, filled=True, choices=CHECKLISTS),
        Column("item", "code", "punt", required=True, filled=True),
        Column(
            "status", "choice", "is dit geregeld?", required=True, choices=("geregeld", "deels", "niet", "onbekend")
        ),
        Column("owner", "code", "belegd bij"),
        Column("budget", "decimal", "budget", minimum=0, unit="euro"),
        Column("evidence", "text", "waaruit blijkt dit"),
        Column("checked_on", "date", "vastgesteld op"),
        Column("source", "code", "bron"),
        Column("available_247", "flag", "dag en nacht bereikbaar (W2)"),
        Column("agreed_on", "date", "datum van de afspraak (W4)"),
        Column("data_sharing", "flag", "staat in de afspraak welke gegevens worden gedeeld (W4)"),
    ),
)

SURVEY_TABLES = (
    SURVEY_REGIONS,
    SURVEY_ELEMENTS,
    SURVEY_COSTS,
    SURVEY_PARTNERS,
    SURVEY_QUALITY,
    SURVEY_THEMES,
    CHECKLIST_ITEMS,
)
