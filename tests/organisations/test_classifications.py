import csv
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from innovation.organisations import classifications
from innovation.organisations.models import Division, Industry, RoleKind

pytestmark = pytest.mark.django_db


def test_the_lists_are_there_after_migration():
    levels = {
        level: Industry.objects.filter(level=level).count() for level in ("section", "division", "group", "class")
    }
    assert levels == {"section": 20, "division": 97, "group": 473, "class": 1381}
    levels = {level: Division.objects.filter(level=level).count() for level in ("province", "city", "county")}
    assert levels == {"province": 34, "city": 342, "county": 2974}
    assert RoleKind.objects.filter(code__in=["fund_manager", "chain_leader", "knowledge_anchor"]).count() == 3


@pytest.mark.parametrize(
    ("code", "full_name"),
    [
        ("330106", "浙江省杭州市西湖区"),
        ("110101", "北京市东城区"),  # 市辖区 names no place
        ("500229", "重庆市城口县"),  # nor does 县
        ("419001", "河南省济源市"),  # nor 省直辖县级行政区划
        ("441900", "广东省东莞市"),  # a city without counties
        ("620200", "甘肃省嘉峪关市"),
        ("810000", "香港特别行政区"),
    ],
)
def test_full_names_leave_out_what_names_no_place(code, full_name):
    assert Division.objects.get(pk=code).full_name_zh == full_name


def test_links_of_the_tree_are_no_places():
    placeholders = Division.objects.filter(placeholder=True)
    assert {"110100", "500200", "419000", "429000", "469000", "659000"} <= set(
        placeholders.values_list("pk", flat=True)
    )
    assert not Division.objects.places().filter(placeholder=True).exists()
    assert Division.objects.get(pk="110101").parent_id == "110100"


def test_names_follow_the_reader():
    with translation.override("zh-hans"):
        assert str(Division.objects.get(pk="330106")) == "330106 浙江省杭州市西湖区"
        assert str(Industry.objects.get(pk="C27")) == "C27 医药制造业"
    with translation.override("en"):
        assert str(Division.objects.get(pk="330106")) == "330106 Xihu District"
        assert str(Industry.objects.get(pk="C27")) == "C27 Pharmaceuticals"


def test_no_industry_and_no_place_is_without_an_english_name():
    assert not Industry.objects.filter(name_en="").exists()
    assert not Division.objects.filter(name_en="").exists()
    with translation.override("en"):
        assert str(Industry.objects.get(pk="C3841")) == "C3841 Lithium-ion batteries"
        assert str(Industry.objects.get(pk="C3842")) == "C3842 Batteries: 镍氢电池制造"
        assert str(Industry.objects.get(pk="A0111")) == "A0111 Agriculture: 稻谷种植"
    sections = Industry.objects.filter(level="section").order_by("pk")
    assert "".join(section.pk for section in sections) == "ABCDEFGHIJKLMNOPQRST"
    assert all(section.name_en.isascii() for section in sections)


def test_loading_again_writes_nothing():
    out = StringIO()
    before = Division.history.rel.related_model.objects.count()
    call_command("load_classifications", stdout=out)
    assert "industries: 0 added, 0 changed, 1971 unchanged, 0 no longer current" in out.getvalue()
    assert "administrative divisions: 0 added, 0 changed, 3350 unchanged, 0 no longer current" in out.getvalue()
    assert Division.history.rel.related_model.objects.count() == before


def test_a_newer_list_adds_changes_and_retires(tmp_path):
    newer = tmp_path / "divisions.csv"
    with (classifications.DATA / "divisions.csv").open(encoding="utf-8") as source, newer.open("w") as target:
        for row in csv.reader(source):
            if row[0] == "330106":
                csv.writer(target).writerow(["330199", "新西湖区", "New Xihu", *row[3:]])
            else:
                csv.writer(target).writerow([*row[:5], row[5].replace("拱墅", "运河"), *row[6:]])
    done = classifications.load(Division, classifications.read_divisions(newer))
    assert (done.added, done.changed, done.retired) == (1, 1, 1)
    assert Division.objects.get(pk="330106").is_current is False
    assert Division.objects.get(pk="330105").full_name_zh == "浙江省杭州市运河区"


@pytest.mark.parametrize(
    ("model", "facts"),
    [
        (Industry, {"code": "A1", "level": "division", "parent_id": "A"}),
        (Industry, {"code": "U99", "level": "division"}),
        (Industry, {"code": "U9", "level": "section"}),
        (Division, {"code": "999901", "level": "city", "parent_id": "330000"}),
        (Division, {"code": "990000", "level": "province", "parent_id": "330000"}),
    ],
)
def test_a_code_that_does_not_fit_its_level_is_refused(model, facts):
    with pytest.raises(IntegrityError, match="code_fits_level"), transaction.atomic():
        model.objects.create(name_zh="某", **facts)
