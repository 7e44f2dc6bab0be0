"""What Moodle calls the columns of its grading worksheet, in lower case: English, Russian, German, French, Spanish.

Source: Moodle's language packs (mod_assign: maxgrade, gradecanbechanged; core: idnumber, username, email, yes, no)
"""

KEYS = frozenset(
    {
        *("id number", "username", "индивидуальный номер", "логин"),
        *("id-nummer", "matrikelnummer", "anmeldename", "benutzername"),
        *("numéro d'identification", "numéro d’identification", "nom d'utilisateur", "nom d’utilisateur"),
        *("número de id", "nombre de usuario"),
    }
)
ADDRESS = frozenset(
    {
        *("email address", "email", "адрес электронной почты", "e-mail-adresse"),
        *("adresse de courriel", "adresse e-mail"),
        *("dirección de correo", "dirección email", "dirección de correo electrónico", "correo electrónico"),
    }
)
GRADE = frozenset({"grade", "оценка", "bewertung", "note", "calificación"})
MAXIMUM = frozenset(
    {
        *("maximum grade", "максимальная оценка", "bestwertung", "maximale bewertung"),
        *("note maximale", "calificación máxima"),
    }
)
MAY_CHANGE = frozenset(
    {
        *("grade can be changed", "оценка может быть изменена", "bewertung kann geändert werden"),
        *("la note peut être modifiée", "la calificación puede ser cambiada"),
    }
)
YES = frozenset({"yes", "да", "ja", "oui", "sí", "si"})
NO = frozenset({"no", "нет", "nein", "non", "nee", "nej", "não", "nie", "ne", "ні", "не", "hayır", "否", "いいえ"})
