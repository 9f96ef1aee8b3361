"""Every stored model, for writing migrations and for the test that they are in step:
`python -m playhouse.migrations -m portal.schema:MODELS …`."""

from portal.accounts.models import Account, QueueGrant, RecoveryCode, RoleGrant, SignIn, Throttle
from portal.audit.models import Entry
from portal.cases.claim_models import Claim, Complaint, Sending
from portal.cases.models import (
    Attachment,
    CallerNumber,
    Case,
    CaseCall,
    CaseRight,
    Copy,
    Line,
    Passage,
    Reading,
    SearchRun,
    Step,
)
from portal.documents.models import Document
from portal.incidents.models import Incident, IncidentPaper, IncidentStep
from portal.ingest.models import Arriving, CallDetail, Quarantined, Sealing
from portal.queues.models import Queue
from portal.recordings.correction_models import Correction, ErrorReport, Opening, Statement
from portal.recordings.models import Listen, Note, Recording
from portal.register.models import Consent, ConsentCall, ConsentText, Notice
from portal.retention.models import Freeze, Hold, HoldRenewal, PurgeLine, Sweep, Threat, Transfer
from portal.retention.restriction_models import Redaction, Restriction
from portal.retention.watching import ClockMark, Finding, Pause

MODELS = [
    Queue,
    Account,
    RoleGrant,
    QueueGrant,
    RecoveryCode,
    SignIn,
    Throttle,
    Recording,
    Note,
    Listen,
    Quarantined,
    Arriving,
    CallDetail,
    Sealing,
    Sweep,
    PurgeLine,
    Document,
    Threat,
    Hold,
    HoldRenewal,
    Freeze,
    Transfer,
    ClockMark,
    Pause,
    Finding,
    Case,
    CaseRight,
    CallerNumber,
    Step,
    SearchRun,
    Attachment,
    CaseCall,
    Passage,
    Line,
    Reading,
    Copy,
    Claim,
    Sending,
    Complaint,
    ErrorReport,
    Correction,
    Opening,
    Statement,
    Restriction,
    Redaction,
    ConsentText,
    Consent,
    ConsentCall,
    Notice,
    Incident,
    IncidentStep,
    IncidentPaper,
    Entry,
]
