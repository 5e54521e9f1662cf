"""Words of the demonstration's assessments."""

FAMILIES = ("陆", "秦", "孟", "唐", "白", "顾", "邵", "龙", "万", "段", "雷", "侯", "汤", "尹", "黎", "易")
GIVEN = (
    "承远", "静涵", "博闻", "清扬", "致和", "云舒", "怀瑾", "昭明", "映雪", "立言", "修文", "沐阳", "闻溪", "望舒",
    "守拙", "行知", "书宁", "若谷", "安澜",
)  # fmt: skip
CLOSED_REASON = "按评审得分与尽职调查结论综合确定。/ Decided on scores and due diligence together."
REASONS = (
    "材料没有给出可核实的证据。/ No evidence that could be verified.",
    "有初步证据，但缺少第三方印证。/ First evidence, without a third party to confirm it.",
    "证据充分，达到量表第二档的描述。/ Sound evidence that meets the anchor of two.",
    "证据充分且有独立同行佐证。/ Sound evidence, confirmed by independent peers.",
    "证据突出，符合最高档描述。/ Outstanding evidence that meets the highest anchor.",
)
ANSWERS = {
    "moderation": "广度一项分差大于一分，请两位评审说明依据。/ Breadth lies apart: say what it rests on.",
    "change": "另一位评审指出的第二领域成果已有许可合同佐证。/ The second field is confirmed by a licence.",
    "diligence": "合同与许可均已核对原件，数额在所述区间内。/ Contracts and licences were checked against originals.",
    "decision": "深度与市场业绩扎实，团队尚缺法规负责人。/ Solid depth and record; the team lacks a regulatory lead.",
}
EVIDENCE = (
    {
        "criterion": "breadth", "form": "product", "domain": "激光光学", "year": 2024,
        "text": "申请人把激光光学与控制算法结合，2024年完成焊缝在线检测样机，在三家企业试用。"
                "申请人毕业于某某大学，现年52岁。",
    },
    {
        "criterion": "breadth", "form": "product", "domain": "控制算法", "year": 2023,
        "text": "申请人提出自适应控制算法，2023年用于样机的第二代，缺陷检出率由百分之八十提高到百分之九十六。",
    },
    {
        "criterion": "depth", "form": "patent", "domain": "激光光学", "year": 2019,
        "text": "发明专利ZL201910123456.7，权利要求覆盖光路结构；同行评语称其为该领域通行做法。",
    },
    {
        "criterion": "record", "form": "contract", "domain": "装备制造", "year": 2022, "experience_years": 14,
        "text": "申请人有14年从业经验，2022年与两家装备企业签订许可合同，许可费在一百万至五百万元之间。",
    },
    {
        "criterion": "fit", "form": "plan", "domain": "",
        "text": "计划书列出四个里程碑、检测认证路径与主要风险，首个里程碑为完成行业标准比对。",
    },
    {
        "criterion": "team", "form": "team_matrix", "domain": "",
        "text": "团队五人，覆盖光学、算法、制造与市场；法规事务由合作机构承担，关键人员均有替代安排。",
    },
)  # fmt: skip
