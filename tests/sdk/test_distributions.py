from __future__ import annotations

from gesso.sdk.distributions import package_of


def test_the_package_of_a_module_is_known_where_its_name_is_another() -> None:
    assert package_of("cv2.dnn") == "opencv-python-headless"
    assert package_of("PIL.Image") == "pillow"
    assert package_of("torch.nn") == "torch"
