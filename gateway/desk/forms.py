"""What is typed and pressed at the desk."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from gateway import phones


class PhoneForm(FlaskForm):
    phone = StringField("Your phone number", [InputRequired("Please type your phone number."), Length(max=40)])

    def validate_phone(self, field: StringField) -> None:
        if phones.normalise(field.data or "") is None:
            raise ValidationError("This is not a phone number. Type it like 0712 345 678.")

    @property
    def number(self) -> str:
        """E.164; only of a form that is valid."""
        number = phones.normalise(self.phone.data or "")
        if number is None:
            raise StopValidation("not validated")
        return number


class CodeForm(FlaskForm):
    code = StringField("The code from the SMS", [InputRequired("Please type the code."), Length(max=20)])


class SomebodyForm(FlaskForm):
    """A button beside a person."""

    person = IntegerField(validators=[InputRequired()])
