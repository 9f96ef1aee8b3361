"""Every stored model, for writing migrations and for the test that they are in step:
`python -m playhouse.migrations -m portal.schema:MODELS …`."""

from portal.accounts.models import (
    Account,
    AccountNumber,
    Passkey,
    QueueGrant,
    RecoveryCode,
    RoleGrant,
    SignIn,
    Throttle,
    Unit,
    UnitHead,
)
from portal.audit.models import Entry, LogDay
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
from portal.jobs.models import Job
from portal.oversight.models import ListenCount, ListenMark, ListenMonth, Observation, ObservationStep
from portal.queues.announcement_models import Announcement, AnnouncementSound
from portal.queues.models import Queue
from portal.recordings.correction_models import Correction, ErrorReport, Opening, Statement
from portal.recordings.index_models import IndexState
from portal.recordings.models import Listen, Note, Recording
from portal.recordings.quality_models import QualityAnswer, QualityReview
from portal.recordings.saved_models import SavedSearch
from portal.recordings.series_models import Series
from portal.register.description_models import Description
from portal.register.figure_models import DayFigure, DaySettled
from portal.register.models import Consent, ConsentCall, ConsentText, Notice
from portal.retention.models import Freeze, Hold, HoldRenewal, PurgeLine, Sweep, Threat, Transfer
from portal.retention.restriction_models import Redaction, Restriction
from portal.retention.watching import ClockMark, Finding, Pause
from portal.rights.models import Principles, Review, ReviewLine, Right, RightQueue, StaffDraft

MODELS = [
    Queue,
    Unit,
    Account,
    UnitHead,
    AccountNumber,
    RoleGrant,
    QueueGrant,
    Passkey,
    RecoveryCode,
    SignIn,
    Throttle,
    Announcement,
    AnnouncementSound,
    Recording,
    Note,
    Series,
    IndexState,
    QualityReview,
    QualityAnswer,
    SavedSearch,
    Listen,
    Quarantined,
    Arriving,
    CallDetail,
    Sealing,
    Sweep,
    Job,
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
    Right,
    RightQueue,
    Principles,
    Review,
    ReviewLine,
    StaffDraft,
    ListenCount,
    ListenMonth,
    ListenMark,
    Observation,
    ObservationStep,
    Description,
    DayFigure,
    DaySettled,
    Entry,
    LogDay,
]
