"""The people of the demonstration city: one per role, all with the same password."""

from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from innovation.accounts.actions import set_roles
from innovation.accounts.choices import Role
from innovation.accounts.models import User

PASSWORD = "demo-harbour-lantern"  # noqa: S105 - shown to every visitor of a demonstration
PEOPLE: dict[Role, str] = {
    Role.APPLICANT: "周雨桐 Zhou Yutong",
    Role.REVIEWER: "沈怀远 Shen Huaiyuan",
    Role.FUND_OFFICER: "陈晓明 Chen Xiaoming",
    Role.TALENT_OFFICER: "林若溪 Lin Ruoxi",
    Role.PATENT_OFFICER: "郑国栋 Zheng Guodong",
    Role.PROGRAMME_MANAGER: "王思敏 Wang Simin",
    Role.FINANCE: "何立群 He Liqun",
    Role.PRIVACY_OFFICER: "宋佳宁 Song Jianing",
    Role.AUDITOR: "高建华 Gao Jianhua",
    Role.ADMINISTRATOR: "李文博 Li Wenbo",
}


def email_of(role: Role) -> str:
    return f"{role.value}@demo.innovation.example"


def make_people() -> None:
    """One person a role; who is there already is left alone."""
    for role, name in PEOPLE.items():
        make_person(email_of(role), name, role)


def make_person(email: str, name: str, role: Role) -> User:
    """The person with this address, made where there is none yet."""
    found = User.objects.filter(email=email).first()
    if found is not None:
        return found
    user = User.objects.create(email=email, name=name, password=_hashed())
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    set_roles(user=user, roles=[role])
    return user


@cache
def _hashed() -> str:
    """One hash for everybody: it takes a fifth of a second, and the password is no secret."""
    return make_password(PASSWORD)
