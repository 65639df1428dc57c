"""How form fields look: Tabler's classes on Django's widgets."""

from typing import TypeVar

from django import forms

CLASSES = {
    forms.Select: "form-select",
    forms.CheckboxInput: "form-check-input",
    forms.ClearableFileInput: "form-control",
}


F = TypeVar("F", bound=forms.Form)


def dress(form: F) -> F:
    """The same form with the classes that the style sheet knows."""
    for field in form.fields.values():
        look = next(
            (look for kind, look in CLASSES.items() if isinstance(field.widget, kind)), "form-control"
        )
        field.widget.attrs.setdefault("class", look)
    return form
