"""A form with a field of every type, a condition, a calculated figure and a rule; and answers that fill it."""

from typing import Any


def _words(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh": zh}


def _field(key: str, kind: str, en: str, zh: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": _words(en, zh), **more}


SENT = {"required_at": ["submitted"]}
WIDE = {
    "sections": [
        {
            "key": "project",
            "title": _words("The project", "项目情况"),
            "help": _words("What you want to do, in plain words.", "请用通俗的语言说明项目内容。"),
            "fields": [
                _field("title", "text", "Title", "项目名称", column="title", limits={"max_length": 120}, **SENT),
                _field("summary", "long_text", "Summary", "摘要", limits={"max_length": 500}, **SENT,
                       help=_words("Who needs the result, and for how long?", "谁需要该成果？需要多长时间？")),
                _field("start", "date", "Begins on", "开始日期"),
                _field("kind", "choice", "Type of innovation", "创新类型", options=[
                    {"value": "sustaining", "label": _words("Sustaining", "持续式")},
                    {"value": "efficiency", "label": _words("Efficiency", "效率式")},
                    {"value": "market", "label": _words("Market-creating", "开辟式")}]),
                _field("fields", "multi", "Fields of use", "应用领域", options=[
                    {"value": "air", "label": _words("Low-altitude economy", "低空经济")},
                    {"value": "bio", "label": _words("Biology", "生物制造")}]),
                _field("trl", "trl", "Readiness now", "当前技术就绪度"),
                _field("onmarket", "yes_no", "Is it on the market already?", "市场上是否已有同类产品？"),
                _field("rival", "text", "Which product is it?", "是哪种产品？",
                       visible_when={"fact": "onmarket", "op": "==", "value": True}),
                _field("industry", "industry", "Industry", "所属行业"),
                _field("place", "division", "Place", "实施地点"),
                _field("owner", "organisation", "User of the result", "成果使用单位"),
                _field("leader", "person", "Leader", "项目负责人"),
                _field("right", "ip_right", "Main patent", "核心专利"),
            ],
        },
        {
            "key": "money",
            "title": _words("Money", "经费"),
            "fields": [
                _field("requested", "money", "Requested", "申请经费", unit="wan", column="requested_fen", **SENT),
                _field("own", "money", "Own money", "自筹经费", unit="wan", column="own_fen", **SENT),
                _field("total", "money", "Total", "总经费", unit="wan", source="computed", formula="requested + own"),
                _field("share", "percent", "Share of research staff", "研发人员占比"),
                _field("power", "number", "Power", "功率", unit="kW", limits={"min": 1, "max": 500}),
                _field("costs", "table", "Budget", "预算", limits={"max_rows": 20}, columns=[
                    _field("line", "text", "Item", "科目"),
                    _field("amount", "money", "Amount", "金额", unit="wan"),
                    _field("when", "date", "By", "完成日期")]),
                _field("plan", "file", "Plan", "实施方案", limits={"types": ["pdf"], "max_files": 2, "max_mb": 1}),
            ],
        },
    ],
    "rules": [
        {"key": "own_share", "rule": {"fact": "own", "op": ">=", "other": "requested"}, "level": "error",
         "message": _words("Your own money is at least what you request.", "自筹经费不得少于申请经费。")},
    ],
}  # fmt: skip


def pdf(words: str = "plan") -> bytes:
    """The bytes of a small file that passes for a PDF."""
    return f"%PDF-1.7\n{words}\n%%EOF\n".encode()
