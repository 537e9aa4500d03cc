"""The four assignments as worksheets. Each takes up what was filled in before, so that nothing is typed twice."""

from lms.api import Grid, Part, SheetField, Sides, Worksheet
from lms.api import lazy_gettext as _l

TARGET_GROUPS = "course_cl.surroundings:target_groups.name"
STAKEHOLDERS = "course_cl.surroundings:stakeholders.organisation"
_NEEDS = _l("Behoeften, volgens de indeling van Bradshaw")

surroundings = Worksheet(
    key="course_cl.surroundings",
    title=_l("De omgeving in kaart"),
    parts=(
        Part(
            "area",
            _l("Uw gebied"),
            rows=False,
            fields=(
                SheetField("area", _l("Welk gebied kiest u?"), hint=_l("Eén wijk, dorp of vestiging."), required=True),
                SheetField("impression", _l("Wat zag u toen u er rondliep?"), "long"),
            ),
        ),
        Part(
            "target_groups",
            _l("Doelgroepen"),
            one=_l("Doelgroep"),
            least=3,
            intro=_l(
                "Noem er ten minste drie, in week 1 alleen hun naam. "
                "Maak een brede groep kleiner: kijk naar plek, situatie en behoefte."
            ),
            fields=(
                SheetField("name", _l("Doelgroep"), vocabulary="doelgroepen", required=True),
                SheetField("size", _l("Hoe groot ongeveer?"), hint=_l("Zoals: ongeveer 300 gezinnen."), required=True),
                SheetField(
                    "size_source",
                    _l("Waar komt dat getal vandaan?"),
                    hint=_l("Bron en jaar. Of: een schatting van uzelf."),
                    required=True,
                ),
                SheetField("reached_now", _l("Hoe bereikt u hen nu?"), hint=_l("«Niet» mag ook."), required=True),
                SheetField(
                    "need_normative",
                    _l("Normatief: wat vinden deskundigen nodig?"),
                    "long",
                    group=_NEEDS,
                    one_of=True,
                    limit=600,
                ),
                SheetField(
                    "need_felt", _l("Gevoeld: wat ervaren zij zelf?"), "long", group=_NEEDS, one_of=True, limit=600
                ),
                SheetField(
                    "need_expressed", _l("Geuit: waar vragen zij om?"), "long", group=_NEEDS, one_of=True, limit=600
                ),
                SheetField(
                    "need_comparative",
                    _l("Vergelijkend: wat hebben anderen wel en zij niet?"),
                    "long",
                    group=_NEEDS,
                    one_of=True,
                    limit=600,
                ),
            ),
        ),
        Part(
            "stakeholders",
            _l("Stakeholders"),
            one=_l("Stakeholder"),
            least=6,
            intro=_l(
                "Wie heeft met uw doelgroepen te maken? Noem er ten minste zes, en van contactpersonen de functie."
            ),
            fields=(
                SheetField("organisation", _l("Organisatie of groep"), required=True),
                SheetField(
                    "kind",
                    _l("Soort"),
                    "choice",
                    required=True,
                    choices=(
                        ("education", _l("onderwijs")),
                        ("welfare", _l("welzijn en zorg")),
                        ("government", _l("overheid")),
                        ("residents", _l("bewoners en verenigingen")),
                        ("culture", _l("cultuur en erfgoed")),
                        ("business", _l("ondernemers")),
                        ("faith", _l("kerk, moskee of levensbeschouwing")),
                        ("housing", _l("wonen")),
                        ("media", _l("media")),
                        ("other", _l("anders")),
                    ),
                ),
                SheetField("interest", _l("Belang"), "scale", required=True),
                SheetField("influence", _l("Invloed"), "scale", required=True),
                SheetField("target_group", _l("Voor welke doelgroep?"), source=TARGET_GROUPS, required=True),
                SheetField("activities", _l("Wat doen zij voor die doelgroep?"), required=True),
                SheetField(
                    "relation",
                    _l("Uw relatie nu"),
                    hint=_l("Zoals: elke week contact, of nog geen contact."),
                    required=True,
                ),
            ),
            grid=Grid(
                x="interest",
                y="influence",
                title=_l("Uw raster"),
                corners=(_l("tevreden houden"), _l("nauw betrekken"), _l("volgen"), _l("informeren")),
            ),
        ),
        Part(
            "look_back",
            _l("Bronnen en keuze"),
            rows=False,
            fields=(
                SheetField(
                    "sources",
                    _l("Welke cijfers en gesprekken gebruikte u?"),
                    "long",
                    hint=_l("Bij elk cijfer de bron en het jaar. Ten minste twee gesprekken."),
                    required=True,
                ),
                SheetField("top_three", _l("Waarom staan de drie belangrijkste stakeholders waar zij staan?"), "long"),
                SheetField("choice", _l("Met welke doelgroep gaat u verder?"), source=TARGET_GROUPS, required=True),
                SheetField("reason", _l("Waarom deze groep, en welke nu niet?"), "long", required=True),
            ),
        ),
    ),
)

activity = Worksheet(
    key="course_cl.activity",
    title=_l("Een activiteit uitgewerkt"),
    parts=(
        Part(
            "plan",
            _l("Doelgroep, doel en cocreatie"),
            rows=False,
            fields=(
                SheetField("title", _l("Hoe heet de activiteit?"), required=True),
                SheetField("target_group", _l("Voor welke doelgroep?"), source=TARGET_GROUPS, required=True),
                SheetField("reason", _l("Waarom deze doelgroep, en wat vertelden zij u?"), "long", required=True),
                SheetField("goal", _l("Wat verandert er voor deelnemers?"), "long", required=True),
                SheetField(
                    "level",
                    _l("Op welke tree van de participatieladder?"),
                    vocabulary="participatieniveau",
                    required=True,
                ),
                SheetField("cocreation", _l("Waarover beslist de doelgroep mee, en wanneer?"), "long", required=True),
                SheetField("boundary", _l("Waar ligt de grens?"), hint=_l("Zoals geld, veiligheid of openingstijd.")),
                SheetField("place", _l("Waar is het?"), required=True),
                SheetField("duration", _l("Hoe lang duurt het?"), "number", unit=_l("minuten")),
                SheetField("costs", _l("Wat kost het, in euro?"), "euro", required=True),
            ),
        ),
        Part(
            "programme",
            _l("Programma"),
            one=_l("Onderdeel"),
            least=1,
            intro=_l("Wat maken deelnemers mee? Noem de onderdelen in hun volgorde."),
            fields=(
                SheetField("what", _l("Wat gebeurt er?"), required=True),
                SheetField("minutes", _l("Duur in minuten"), "number", unit=_l("minuten")),
                SheetField("why", _l("Wat hebben deelnemers eraan?")),
            ),
        ),
        Part(
            "script",
            _l("Draaiboek"),
            one=_l("Regel"),
            least=3,
            intro=_l("Van klaarzetten tot opruimen. Noem bij «Wie» een functie of taak, geen namen van bezoekers."),
            fields=(
                SheetField("what", _l("Wat"), required=True),
                SheetField("time", _l("Tijd"), "time", hint=_l("Zoals 9.15"), required=True),
                SheetField("who", _l("Wie"), required=True),
                SheetField("needs", _l("Wat is daarvoor nodig?")),
            ),
        ),
        Part(
            "promotion",
            _l("Promotie"),
            one=_l("Kanaal"),
            least=1,
            intro=_l("Kies plekken waar de doelgroep al komt."),
            fields=(
                SheetField("channel", _l("Kanaal"), vocabulary="kanalen", required=True),
                SheetField("message", _l("Boodschap"), required=True),
                SheetField("sender", _l("Wie geeft het door?")),
                SheetField("on", _l("Datum"), "date", hint=_l("Zoals 3-12-2026"), required=True),
                SheetField("budget", _l("Budget in euro"), "euro", required=True),
                SheetField("hours", _l("Uren"), "number", unit=_l("uur"), required=True),
            ),
        ),
        Part(
            "results",
            _l("Wat het oplevert"),
            one=_l("Maat"),
            least=1,
            intro=_l("Hoe ziet u na afloop of de verandering er is? Weet u de stand nu niet, schrijf dan «onbekend»."),
            fields=(
                SheetField("indicator", _l("Waaraan ziet u het?"), required=True),
                SheetField("baseline", _l("Hoe is het nu?"), required=True),
                SheetField("target", _l("Waar wilt u uitkomen?"), required=True),
                SheetField("method", _l("Hoe en wanneer meet u het?")),
            ),
        ),
        Part(
            "otherwise",
            _l("Als het anders loopt"),
            rows=False,
            fields=(SheetField("plan_b", _l("Wat is uw plan B?"), "long"),),
        ),
    ),
)

partners = Worksheet(
    key="course_cl.partners",
    title=_l("Drie partners"),
    parts=(
        Part(
            "partners",
            _l("Partners"),
            one=_l("Partner"),
            least=3,
            most=3,
            intro=_l("Kies er precies drie. Uw stakeholders uit opdracht 1 staan klaar. Een nieuwe partner mag ook."),
            fields=(
                SheetField("name", _l("Partner"), source=STAKEHOLDERS, required=True),
                SheetField("why", _l("Wat heeft deze partner met uw doelgroep te maken?"), "long", required=True),
                SheetField("they_bring", _l("Wat brengt de partner?"), "long", limit=600, required=True),
                SheetField("we_bring", _l("Wat brengt uw bibliotheek?"), "long", limit=600, required=True),
                SheetField("they_gain", _l("Wat haalt de partner eruit?"), "long", limit=600, required=True),
                SheetField("we_gain", _l("Wat haalt uw bibliotheek eruit?"), "long", limit=600, required=True),
                SheetField(
                    "services",
                    _l("Welke diensten of activiteiten ontstaan er?"),
                    "long",
                    hint=_l("Voor wie, en hoe vaak?"),
                    required=True,
                ),
                SheetField("argument", _l("Met welk argument overtuigt u?"), "long", required=True),
                SheetField(
                    "resistance",
                    _l("Welk bezwaar verwacht u?"),
                    "long",
                    hint=_l("Dit lezen alleen u en uw trainers. Het gaat nergens anders mee naartoe."),
                    private=True,
                ),
                SheetField("answer", _l("Wat antwoordt u dan?"), "long", private=True),
                SheetField(
                    "first_step", _l("Wat is uw eerste stap, en met wie?"), hint=_l("Alleen de functie."), required=True
                ),
                SheetField(
                    "first_date", _l("Wanneer zet u die stap?"), "date", hint=_l("Zoals 3-12-2026"), required=True
                ),
            ),
            sides=Sides(
                columns=(_l("De partner"), _l("Uw bibliotheek")),
                rows=((_l("Brengt"), "they_bring", "we_bring"), (_l("Haalt eruit"), "they_gain", "we_gain")),
            ),
        ),
        Part(
            "choice",
            _l("Uw keuze"),
            rows=False,
            fields=(SheetField("not_chosen", _l("Welke organisatie koos u niet, en waarom niet?"), "long"),),
        ),
    ),
)

tools = Worksheet(
    key="course_cl.tools",
    title=_l("Drie online tools"),
    parts=(
        Part(
            "tools",
            _l("Tools"),
            one=_l("Tool"),
            least=3,
            most=3,
            intro=_l(
                "Kies er precies drie, alle drie anders. Kijk prijs en voorwaarden na bij de aanbieder, met de datum."
            ),
            fields=(
                SheetField("name", _l("Tool"), required=True),
                SheetField("target_group", _l("Doelgroep: voor wie?"), source=TARGET_GROUPS, required=True),
                SheetField("goal", _l("Doel: wat wilt u ermee bereiken?"), "long", required=True),
                SheetField(
                    "advantages",
                    _l("Voordelen voor doelgroep en bibliotheek, en een nadeel"),
                    "long",
                    required=True,
                ),
                SheetField("application", _l("Toepassing: in welke situatie zet u de tool in?"), "long", required=True),
                SheetField(
                    "technical",
                    _l("Technische hulpmiddelen"),
                    "long",
                    hint=_l("Welke apparaten, welk account, en wie beheert het?"),
                    required=True,
                ),
                SheetField("price", _l("Prijs"), hint=_l("Met de datum waarop u keek."), required=True),
                SheetField(
                    "privacy",
                    _l("Privacy: waar staan de gegevens?"),
                    "long",
                    hint=_l("Welke gegevens vraagt de tool? «Niet gevonden» mag ook."),
                    required=True,
                ),
                SheetField(
                    "accessibility",
                    _l("Toegankelijkheid: wie kan er niet mee overweg?"),
                    "long",
                    required=True,
                ),
            ),
        ),
        Part(
            "compare",
            _l("Vergelijken"),
            rows=False,
            fields=(
                SheetField("which", _l("Wanneer kiest u welke tool?"), "long", required=True),
                SheetField("tried", _l("Wat probeerde u uit, met wie (zonder naam), en wat gebeurde er?"), "long"),
            ),
        ),
    ),
)
