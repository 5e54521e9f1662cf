"""What the shipped policy data say in English, for translation: sources, notes, what a frame document fixes.

Staff write their own documents in the language they like; those texts stay as they are.
"""

from django.utils.translation import gettext, gettext_noop

KNOWN = frozenset(
    (
        gettext_noop("district government website (document); cap figures from a press article of 2025-05"),
        gettext_noop("press article of 2025-05"),
        gettext_noop(
            "综合 (comprehensive) is not defined in the published figures: basis, netting and "
            "denominator must be confirmed from the full text"
        ),
        gettext_noop("full text to be obtained"),
        gettext_noop("cap of the industry class must be typed in from the text"),
        gettext_noop("press texts of 2025-03 that quote the plan"),
        gettext_noop("no cap stated for the fund as a whole: there is no FUND row, the engine answers NO_RULE"),
        gettext_noop("district rule text and press that quotes it"),
        gettext_noop("END_OF_LIFE: 考核周期为直投资金投资整个生命周期 (whole life of the direct money)"),
        gettext_noop("press that quotes the rule"),
        gettext_noop("press reports of the announcement"),
        gettext_noop("press reports of 2024-07-25"),
        gettext_noop("the value per class is not available"),
        gettext_noop("document title and number from a policy portal; figures from an association text"),
        gettext_noop("association text"),
        gettext_noop("the more specific row wins over CN-SC-FUND"),
        gettext_noop("press that quotes the measures; document number from the city economy bureau"),
        gettext_noop("press that quotes the measures"),
        gettext_noop("securities press of 2026-01-14 that quotes the measures"),
        gettext_noop("securities press of 2026-01-14"),
        gettext_noop("tested on the whole group of funds"),
        gettext_noop("text published by the city investment holding company"),
        gettext_noop(
            "within the cap the tolerance procedure starts; it is not an automatic pass. 投资本金 = invested principal"
        ),
        gettext_noop("press reports; year of issue to be confirmed"),
        gettext_noop("press reports"),
        gettext_noop(
            "mixed funds are weighted by the early-stage share: use the weighted cap; the rates are not available"
        ),
        gettext_noop("one press item of 2026-04"),
        gettext_noop("city press of 2025-03; NDRC list 发改地区〔2021〕1072号"),
        gettext_noop("city press of 2025-03"),
        gettext_noop("no loss ceiling and no return floor; a missing ceiling is not a ceiling of 0"),
        gettext_noop("发改地区〔2021〕1072号, quoted in press"),
        gettext_noop(
            "the city bears at most 40 % of the loss on one project of a sub-fund: a share of the "
            "loss, not a cap on the loss rate; never evaluated as a cap"
        ),
        gettext_noop("press and law-firm texts that quote the measure"),
        gettext_noop("art. 6, quoted by a law firm"),
        gettext_noop("no numeric cap; evaluation differs by strategic, industrial and financial funds"),
        gettext_noop("press reports of 2025-11"),
        gettext_noop("no tolerance rule known"),
        gettext_noop("no rule row: the engine must answer NO_RULE, never a pass"),
        gettext_noop(
            "8 parts, 25 items; funds set up 通过预算安排; classes 产业投资类 / 创业投资类; patient capital; "
            "tolerance built on 尽职合规责任豁免; no fund for 招商引资; county level strictly limited; lower or "
            "drop 返投; fee on paid-in or actually invested money"
        ),
        gettext_noop(
            "government website (head of the text); tolerance wording from district rules that copy "
            "it (余杭区 2026-01-16)"
        ),
        gettext_noop("performance is not judged simply by one project or one year"),
        gettext_noop("verified only in provincial copies of the rule"),
        gettext_noop("健全国资创业投资尽职合规责任豁免机制; assess over the whole fund life"),
        gettext_noop("seed and venture funds may have different tolerance rates (容错率)"),
        gettext_noop("press; one page prints the number as 26号"),
        gettext_noop(
            "loss shared by all investors, government liable up to its contribution; may 让利; must not "
            "promise principal or minimum return; no 二级市场, 房地产, 担保, 明股实债"
        ),
        gettext_noop("local copy of the rule"),
        gettext_noop(
            "life up to 15 years; tolerance rate to be set, higher for seed and early; no liability "
            "if lawful, loyal, diligent and without illegal benefit; whole-fund account (算总账)"
        ),
        gettext_noop("press copy"),
        gettext_noop(
            "in force 2026-01-01, replaces order 37; 13 fields and 98 cases of accountability; "
            "exemption clause art. 36; asset loss: general below 5,000,000 yuan, larger from "
            "5,000,000, major from 50,000,000 yuan"
        ),
        gettext_noop("securities press and law-firm summaries"),
        gettext_noop(
            "by NDRC, MOF, MOST, MIIT; 14 measures on layout and investment direction: encouraged "
            "catalogues only, no restricted, eliminated or prohibited industries; valid 5 years "
            "(unverified)"
        ),
        gettext_noop("NDRC website; press that prints the head of the text"),
        gettext_noop(
            "yearly evaluation: 政策符合性 (heaviest), 优化生产力布局, 政策执行能力 (weights 60/30/10 unverified); "
            "data filed in 全国政府投资基金信用信息登记系统 within 6 months of year end with a written truth "
            "commitment; valid 5 years"
        ),
        gettext_noop("NDRC website"),
    )
)


def shipped(text: str) -> str:
    """``text`` in the reader's language where it is one of the shipped data."""
    return gettext(text) if text in KNOWN else text
