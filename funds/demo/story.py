"""The story of one demonstration fund as plain values: who gets money when, what it is worth, what is learned late."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from funds.choices.ledger import EventKind
from funds.choices.records import ValuationMethod
from funds.demo.plan import LAST_DAY, Fate, Plan

WAN = 1_000_000
QUARTERS_SINCE = 2025
"""From this year on holdings are valued every quarter, before that every year."""


@dataclass(frozen=True)
class Happening:
    """An event before it has its place in the ledger; ``holding`` counts the fund's companies from 0."""

    day: date
    kind: str
    amount: int
    holding: int | None = None
    relieved: int = 0
    document: str = ""
    recorded: datetime | None = None


@dataclass(frozen=True)
class Value:
    """A fair value with the time it was recorded and, where it was corrected, replaced."""

    holding: int
    day: date
    fen: int
    recorded: datetime
    replaced: datetime | None = None


@dataclass
class Story:
    """What a fund's books and valuations will hold. Amounts in fen."""

    entries: list[tuple[date, str]] = field(default_factory=list)  # day of decision and stage, one a company
    happenings: list[Happening] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    mistake: int | None = None

    def put_in_order(self) -> None:
        """The order of the ledger: what is recorded first comes first, and money comes in before it goes out."""
        self.happenings.sort(key=lambda one: (one.recorded or booked(one.day), one.day, _ORDER.get(one.kind, 5)))

    def remaining(self, holding: int, day: date) -> int:
        """Cost of a holding that is left on ``day`` (fen)."""
        own = [one for one in self.happenings if one.holding == holding and one.day <= day]
        invested = sum(one.amount for one in own if one.kind in {EventKind.INVEST, EventKind.FOLLOW_ON})
        return invested - sum(one.relieved for one in own)


def moment(day: date, hour: int = 10) -> datetime:
    """A working hour of ``day`` in the present zone."""
    return datetime.combine(day, time(hour), timezone.get_default_timezone())


def soon(days: int) -> date:
    """The day so many days from now: what waits is due around the day on which the city is made."""
    return max(timezone.localdate(), LAST_DAY) + timedelta(days=days)


def booked(day: date) -> datetime:
    """When an event is recorded that nobody was late with: early in the month after."""
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=4)
    return moment(min(following, LAST_DAY + timedelta(days=20)))


def story_of(plan: Plan) -> Story:
    """The story of a plan; the same at every call."""
    random = Random(plan.code)  # noqa: S311 - invented data must be the same each time
    story = Story()
    fates = list(plan.fates)
    random.shuffle(fates)
    for number, fate in enumerate(fates):
        stage = plan.stages[number % len(plan.stages)]
        entry = _entry_day(random, plan, number, len(fates))
        story.entries.append((entry - timedelta(days=random.randrange(20, 60)), str(stage)))
        own = Random(f"{plan.code}/{number}")  # noqa: S311 - one company's luck does not move the next
        _Company(own, plan, story, number, fate, entry).write()
    _money_of_the_fund(plan, story)
    if plan.mistake:
        story.mistake = next(number for number, fate in enumerate(fates) if fate.value == 100)  # noqa: PLR2004
    story.put_in_order()
    return story


_ORDER = {EventKind.CALL: 0, EventKind.INVEST: 1, EventKind.FOLLOW_ON: 2, EventKind.FEE: 6, EventKind.DISTRIBUTION: 9}


def _entry_day(random: Random, plan: Plan, number: int, count: int) -> date:
    """Entries spread over the investment period, at most six years."""
    months = min(72, (LAST_DAY.year - plan.since) * 12 - 10)
    month = 3 + number * months // count + random.randrange(0, 3)
    return date(plan.since + month // 12, month % 12 + 1, random.randrange(3, 26))


@dataclass
class _Company:
    """One company of a fund while its story is written."""

    random: Random
    plan: Plan
    story: Story
    number: int
    fate: Fate
    entry: date

    def write(self) -> None:
        """Entry, follow-on, ending, valuations, dividend."""
        low, high = self.plan.tickets
        cost = self.random.randrange(low, high + 1, 10) * WAN
        self._happens(self.entry, EventKind.INVEST, cost, document=f"投决〔{self.entry.year}〕{self.number + 1}号")
        if self.fate.value >= 100 and self.random.random() < 0.4:  # noqa: PLR2004
            day = self.entry + timedelta(days=self.random.randrange(300, 600))
            if day < LAST_DAY - timedelta(days=120):
                extra = cost * self.random.randrange(3, 8) // 10 // WAN * WAN
                self._happens(day, EventKind.FOLLOW_ON, extra)
                cost += extra
        end = self._ends(cost)
        self._is_valued(end)
        if self.fate.value > 150 and self.random.random() < 0.5:  # noqa: PLR2004
            self._happens(min(LAST_DAY, self.entry + timedelta(days=1_100)), EventKind.DIVIDEND, cost // 40)

    def _happens(
        self, day: date, kind: str, amount: int, *, relieved: int = 0, document: str = "",
        recorded: datetime | None = None,
    ) -> None:  # fmt: skip
        self.story.happenings.append(Happening(day, kind, amount, self.number, relieved, document, recorded))

    def _ends(self, cost: int) -> date | None:
        """Write-off or exit; returns its day, None while the holding is kept."""
        fate, number = self.fate, self.number
        if not fate.written_off and fate.exits_at is None:
            return None
        own = [one.day for one in self.story.happenings if one.holding == number]
        day = min(
            self.entry + timedelta(days=self.random.randrange(700, 1_500)),
            LAST_DAY - timedelta(days=self.random.randrange(5, 200)),
        )
        day = max(day, max(own) + timedelta(days=30))
        if fate.written_off:
            return self._written_off(day, cost)
        proceeds = cost * (fate.exits_at or 0) // 100
        earlier = day - timedelta(days=150)
        if number % 2 and earlier > max(own) + timedelta(days=30):
            part, brought = cost * 2 // 5, proceeds * 2 // 5
            self._happens(earlier, EventKind.EXIT_PARTIAL, brought, relieved=part, document=f"转让协议{number + 1}A")
            cost, proceeds = cost - part, proceeds - brought
        self._happens(day, EventKind.EXIT_FULL, proceeds, relieved=cost, document=f"转让协议{number + 1}B")
        return day

    def _written_off(self, day: date, cost: int) -> date:
        recorded = None
        if self.plan.late_write_off and not any(one.recorded for one in self.story.happenings):
            # Booked after the year was closed: the year end reads otherwise before and after.
            year = min(max(day.year, 2024), LAST_DAY.year - 1)
            day, recorded = date(year, 12, 20), moment(date(year + 1, 4, 8), 15)
        document = f"核销决议〔{day.year}〕{self.number + 1}号"
        self._happens(day, EventKind.WRITE_OFF, 0, relieved=cost, document=document, recorded=recorded)
        return day

    def _is_valued(self, end: date | None) -> None:
        """A value at each year or quarter end on the way to the fate's; some are corrected downwards later."""
        last = end or LAST_DAY + timedelta(days=1)
        days = [day for day in valuation_days() if self.entry + timedelta(days=90) < day < last]
        for place, day in enumerate(days):
            share = 100 + (self.fate.value - 100) * (place + 1) // len(days)
            fen = self.story.remaining(self.number, day) * share // 100 // WAN * WAN
            recorded = moment(day + timedelta(days=self.random.randrange(18, 40)))
            if recorded > moment(LAST_DAY + timedelta(days=30)):
                continue
            if self.random.random() < 0.08 and day < date(2026, 3, 31):  # noqa: PLR2004
                later = recorded + timedelta(days=75)
                before = fen * 115 // 100 // WAN * WAN
                self.story.values.append(Value(self.number, day, before, recorded, later))
                recorded = later
            self.story.values.append(Value(self.number, day, fen, recorded))


def valuation_days() -> list[date]:
    """Year ends, and quarter ends since QUARTERS_SINCE, up to the end of the story."""
    years = [date(year, 12, 31) for year in range(2018, QUARTERS_SINCE)]
    ends = ((3, 31), (6, 30), (9, 30), (12, 31))
    quarters = [date(year, month, day) for year in range(QUARTERS_SINCE, LAST_DAY.year + 1) for month, day in ends]
    return [*years, *(day for day in quarters if day <= LAST_DAY)]


def _money_of_the_fund(plan: Plan, story: Story) -> None:
    """Calls ahead of each quarter's investments, a yearly fee, distributions of what exits brought."""
    needs: dict[date, int] = defaultdict(int)
    brought: dict[int, int] = defaultdict(int)
    for one in story.happenings:
        if one.kind in {EventKind.INVEST, EventKind.FOLLOW_ON}:
            needs[date(one.day.year, (one.day.month - 1) // 3 * 3 + 1, 2)] += one.amount
        elif one.kind in {EventKind.EXIT_FULL, EventKind.EXIT_PARTIAL, EventKind.DIVIDEND}:
            brought[one.day.year] += one.amount
    for year in sorted({day.year for day in needs}):
        fee = plan.committed * WAN * 15 // 1000
        story.happenings.append(Happening(date(year, 1, 2), EventKind.CALL, fee))
        story.happenings.append(Happening(date(year, 6, 15), EventKind.FEE, fee, document=f"管理费{year}"))
    for day, amount in needs.items():
        story.happenings.append(Happening(day, EventKind.CALL, amount, document=f"缴款通知{day:%Y%m}"))
    for year, amount in brought.items():
        if year < LAST_DAY.year:
            story.happenings.append(Happening(date(year + 1, 3, 20), EventKind.DISTRIBUTION, amount * 4 // 5))


METHODS = tuple(ValuationMethod)
