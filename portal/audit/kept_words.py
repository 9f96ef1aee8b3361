"""What people read in the log about threat calls, holds and what was taken away: codes.

`words` joins them to the rest."""

from portal.language import N_

CODES: dict[str, dict[str, str]] = {
    "threat_kind": {
        "adviser": N_("kundrådgivaren eller närstående"),
        "staff": N_("annan personal eller förtroendevald"),
        "others": N_("någon annan"),
        "place": N_("en byggnad eller plats"),
        "self": N_("den som ringde själv"),
        "harassment": N_("trakasserier"),
        "other": N_("annat"),
    },
    "safety": {"safe": N_("trygg"), "contact": N_("vill bli kontaktad"), "unsafe": N_("känner sig inte trygg")},
    "then": {
        "purged": N_("raderas genast"),
        "frozen": N_("kvar bara för ett ärende"),
        "kept": N_("kvar till sitt datum"),
    },
    "basis": {
        "police_act": N_("polislagen"),
        "investigation": N_("tvångsmedelslagen"),
        "reported": N_("stadens egen anmälan"),
        "statute": N_("annan lag"),
        "consent": N_("samtycke"),
    },
    "channel": {
        "in_person": N_("personligen"),
        "secure_mail": N_("säker e-post"),
        "police_service": N_("polisens mottagningstjänst"),
    },
    "taken": {
        "account": N_("kontot"),
        "roles": N_("roller"),
        "queues": N_("servicenummer"),
        "rights": N_("rättigheter"),
        "password": N_("lösenordet"),
        "factor": N_("tvåfaktorsautentiseringen"),
        "codes": N_("reservkoder"),
        "keys": N_("säkerhetsnycklar"),
    },
}
