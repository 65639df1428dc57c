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
    """The codes that programs ask for: a command that ended with one of them ends with it for ever."""
    codes = {kind.__name__: kind.exit_code for kind in subclasses(errors.UserError)}
    here = {name: code for name, code in codes.items() if hasattr(errors, name)}
    kept = {"BadValue": 2, "BadFile": 3, "BadRules": 4, "NotAllowed": 5, "NotFound": 6, "Conflict": 7}
    kept |= {"DiskFull": 8, "ReadOnly": 10, "NotInstalled": 9}
    assert (errors.UserError.exit_code, here) == (2, kept)
    assert len(set(here.values())) == len(here)
    assert not {0, 1} & set(codes.values())


def test_a_bug_names_what_it_saw() -> None:
    assert str(errors.Bug("fold differs", case=7)) == "fold differs {'case': 7}"
    assert str(errors.Bug("fold differs")) == "fold differs"
