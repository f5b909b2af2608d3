"""The codes of the needs survey and what each stands for: elements, cost lines, payers, partners, criteria.

A working definition after the four advice questions of the MDA notitie (2015); the survey's own
questionnaire was never published. The reports' own words for these codes come from here too.
"""

ELEMENTS = {
    "E01": "kernteam of casusoverleg MDA",
    "E02": "team MDA++, op afroep per gezin",
    "E03": "coördinator MDA++",
    "E04": "casusregisseur of vaste contactpersoon",
    "E05": "psychosociale specialisten",
    "E06": "medische specialisten",
    "E07": "specialisten van justitie",
    "E08": "forensisch-medisch onderzoek",
    "E09": "Centrum Seksueel Geweld, dag en nacht",
    "E10": "crisisdienst, dag en nacht",
    "E11": "acute opvang",
    "E12": "alles onder één dak",
    "E13": "gedeeld dossier met afspraken over privacy",
    "E14": "meten van uitkomsten en ervan leren",
}
ELEMENT_LAYERS = {code: "bovenregionaal" if code in ("E08", "E09", "E11", "E12") else "regionaal" for code in ELEMENTS}
ELEMENT_TRACKS = dict(zip(ELEMENTS, (
    "structureel", "beide", "beide", "beide", "structureel", "beide", "beide",
    "acuut", "acuut", "acuut", "acuut", "beide", "beide", "beide",
), strict=True))
COST_LINES = {
    "K01": "coördinatie en regie",
    "K02": "specialisten bij analyse en overleg",
    "K03": "forensisch onderzoek zonder aangifte",
    "K04": "dag en nacht beschikbaar zijn",
    "K05": "scholing",
    "K06": "ICT, dossier en privacy",
    "K07": "locatie",
    "K08": "meten van uitkomsten",
    "K09": "tolken",
    "K10": "overig",
}
PAYERS = (
    "centrumgemeente_du_vo",
    "regiogemeenten_wmo",
    "gemeenten_jeugdwet",
    "zvw",
    "wlz",
    "jenv_politie_om",
    "rijk_tijdelijk",
    "fonds",
    "eigen_organisatie",
    "onbekend",
)
PARTNERS = {
    "veilig_thuis": "Veilig Thuis",
    "centrumgemeente": "centrumgemeente",
    "regiogemeenten": "regiogemeenten en lokale teams",
    "vrouwenopvang": "vrouwenopvang",
    "politie": "politie",
    "om": "Openbaar Ministerie",
    "reclassering": "reclassering",
    "rvdk": "Raad voor de Kinderbescherming",
    "gi": "gecertificeerde instelling",
    "ggz_volwassen": "ggz voor volwassenen",
    "ggz_jeugd": "ggz voor jeugd",
    "forensische_zorg": "forensische zorg",
    "verslavingszorg": "verslavingszorg",
    "lvb_zorg": "zorg voor mensen met een licht verstandelijke beperking",
    "ziekenhuis": "ziekenhuis en kinderarts",
    "huisartsen": "huisartsen",
    "ggd": "GGD en forensisch arts",
    "csg": "Centrum Seksueel Geweld",
    "zvh": "Zorg- en Veiligheidshuis",
    "onderwijs": "onderwijs",
    "zorgverzekeraar": "zorgverzekeraar",
    "slachtofferhulp": "slachtofferhulp",
}
QUALITY_CRITERIA = {
    "Q01": "één gezin, één plan, één regisseur",
    "Q02": "het gezin doet vanaf het begin mee",
    "Q03": "kinderen en volwassenen, slachtoffers en plegers in beeld",
    "Q04": "drie fasen gevolgd",
    "Q05": "één gedeelde analyse",
    "Q06": "hulp, medisch en justitie doen alle drie mee",
    "Q07": "specialisten zijn op tijd beschikbaar",
    "Q08": "dag en nacht bij acute onveiligheid",
    "Q09": "forensisch-medisch onderzoek is bereikbaar",
    "Q10": "duidelijk welke gezinnen erin komen",
    "Q11": "doorzettingsmacht is geregeld",
    "Q12": "afspraken over het delen van informatie",
    "Q13": "na een jaar gemeten of het geweld is gestopt",
    "Q14": "partners leren samen",
}
