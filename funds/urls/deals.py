"""Addresses of proposals, decisions, agreements and papers."""

from django.urls import URLPattern, path

from funds.views import agreements, deals, decisions, papers

urlpatterns: list[URLPattern] = [
    path("deals/", deals.DealList.as_view(), name="deals"),
    path("deals/new/", deals.NewDeal.as_view(), name="deal_new"),
    path("deals/<int:pk>/", deals.DealPage.as_view(), name="deal"),
    path("deals/<int:pk>/edit/", deals.EditDeal.as_view(), name="deal_edit"),
    path("deals/<int:pk>/begin/", deals.BeginDiligence.as_view(), name="deal_begin"),
    path("deals/<int:pk>/items/new/", deals.ItemPage.as_view(), name="deal_item_new"),
    path("deals/<int:pk>/items/<int:item>/", deals.ItemPage.as_view(), name="deal_item"),
    path("deals/<int:pk>/papers/", deals.AttachPaper.as_view(), name="deal_paper"),
    path("deals/<int:pk>/propose/", deals.Propose.as_view(), name="deal_propose"),
    path("deals/<int:pk>/withdraw/", deals.Withdraw.as_view(), name="deal_withdraw"),
    path("deals/<int:pk>/decide/", decisions.DecideDeal.as_view(), name="deal_decide"),
    path("decisions/", decisions.DecisionList.as_view(), name="decisions"),
    path("decisions/<int:pk>/", decisions.DecisionPage.as_view(), name="decision"),
    path("holdings/<int:pk>/decide/", decisions.DecideHolding.as_view(), name="holding_decide"),
    path("holdings/<int:pk>/agreement/", agreements.SignAgreement.as_view(), name="holding_agreement"),
    path("holdings/<int:pk>/note/", agreements.NoteHolding.as_view(), name="holding_note"),
    path("tranches/<int:pk>/met/", agreements.MeetCondition.as_view(), name="tranche_met"),
    path("tranches/<int:pk>/give-up/", agreements.GiveUpTranche.as_view(), name="tranche_give_up"),
    path("tranches/<int:pk>/pay/", agreements.PayTranche.as_view(), name="tranche_pay"),
    path("papers/<int:pk>/", papers.PaperFile.as_view(), name="paper"),
]
