import pytest
from django.contrib.auth import get_user_model


@pytest.mark.django_db
def test_a_user_is_stored_with_a_lower_case_address():
    get_user_model().objects.create_user("A@B.cn", "x")
    assert get_user_model().objects.get().email == "a@b.cn"
