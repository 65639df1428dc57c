"""The exception tree."""

from tenglong.domain.kernel import errors


def subclasses(of: type) -> set[type]:
    """Every class under `of`."""
    return {found for child in of.__subclasses__() for found in {child, *subclasses(child)}}


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    assert errors.__doc__
    for found in subclasses(errors.TenglongError):
        if found.__module__ == errors.__name__:
            assert found.__name__ in errors.__doc__


def test_each_kind_of_user_error_ends_a_command_with_its_own_code() -> None:
    kinds = [errors.BadFile, errors.BadRules, errors.NotAllowed, errors.NotFound, errors.Conflict]
    codes = [errors.UserError.exit_code, *(kind.exit_code for kind in kinds)]
    assert len(set(codes)) == len(codes)
    assert 0 not in codes
    assert 1 not in codes


def test_a_bug_names_what_it_saw() -> None:
    assert str(errors.Bug("fold differs", case=7)) == "fold differs {'case': 7}"
    assert str(errors.Bug("fold differs")) == "fold differs"
