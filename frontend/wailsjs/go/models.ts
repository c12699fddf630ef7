export namespace desktop {
	
	export class Account {
	    id: string;
	    number: string;
	    name: string;
	    department: string;
	    roles: string[];
	    locked: boolean;
	    disabled: boolean;
	    mustChange: boolean;
	    awaits: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Account(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.number = source["number"];
	        this.name = source["name"];
	        this.department = source["department"];
	        this.roles = source["roles"];
	        this.locked = source["locked"];
	        this.disabled = source["disabled"];
	        this.mustChange = source["mustChange"];
	        this.awaits = source["awaits"];
	    }
	}
	export class Amendment {
	    act: string;
	    line: string;
	    base: string;
	    number: number;
	    frame: number;
	    frameTo: number;
	    speaker: string;
	    text: string;
	    version: string;
	
	    static createFrom(source: any = {}) {
	        return new Amendment(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.act = source["act"];
	        this.line = source["line"];
	        this.base = source["base"];
	        this.number = source["number"];
	        this.frame = source["frame"];
	        this.frameTo = source["frameTo"];
	        this.speaker = source["speaker"];
	        this.text = source["text"];
	        this.version = source["version"];
	    }
	}
	export class Annotation {
	    id: string;
	    recordId: string;
	    frame: number;
	    frameTo: number;
	    page: number;
	    time: number;
	    text: string;
	    author: string;
	    authorId: string;
	    createdAt: string;
	
	    static createFrom(source: any = {}) {
	        return new Annotation(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.recordId = source["recordId"];
	        this.frame = source["frame"];
	        this.frameTo = source["frameTo"];
	        this.page = source["page"];
	        this.time = source["time"];
	        this.text = source["text"];
	        this.author = source["author"];
	        this.authorId = source["authorId"];
	        this.createdAt = source["createdAt"];
	    }
	}
	export class Appraisal {
	    id: string;
	    caseId: string;
	    caseCode: string;
	    title: string;
	    outcome: string;
	    until: string;
	    opinion: string;
	    by: string;
	    at: string;
	    approvedBy: string;
	    approvedAt: string;
	    approval: string;
	    inventory: string;
	    disposedOn: string;
	    disposedAt: string;
	    supervisors: string[];
	
	    static createFrom(source: any = {}) {
	        return new Appraisal(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.caseId = source["caseId"];
	        this.caseCode = source["caseCode"];
	        this.title = source["title"];
	        this.outcome = source["outcome"];
	        this.until = source["until"];
	        this.opinion = source["opinion"];
	        this.by = source["by"];
	        this.at = source["at"];
	        this.approvedBy = source["approvedBy"];
	        this.approvedAt = source["approvedAt"];
	        this.approval = source["approval"];
	        this.inventory = source["inventory"];
	        this.disposedOn = source["disposedOn"];
	        this.disposedAt = source["disposedAt"];
	        this.supervisors = source["supervisors"];
	    }
	}
	export class Archive {
	    dir: string;
	    apart: string;
	    organ: string;
	    fonds: string;
	    keyPlace: string;
	    keyKind: string;
	    public: string;
	
	    static createFrom(source: any = {}) {
	        return new Archive(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.dir = source["dir"];
	        this.apart = source["apart"];
	        this.organ = source["organ"];
	        this.fonds = source["fonds"];
	        this.keyPlace = source["keyPlace"];
	        this.keyKind = source["keyKind"];
	        this.public = source["public"];
	    }
	}
	export class BackupKey {
	    public: string;
	    place: string;
	    here: boolean;
	    by: string;
	    at: string;
	
	    static createFrom(source: any = {}) {
	        return new BackupKey(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.public = source["public"];
	        this.place = source["place"];
	        this.here = source["here"];
	        this.by = source["by"];
	        this.at = source["at"];
	    }
	}
	export class Broken {
	    kind: string;
	    recordId: string;
	    recordCode: string;
	    caseCode: string;
	    title: string;
	    state: string;
	    want: string;
	    got: string;
	    at: string;
	
	    static createFrom(source: any = {}) {
	        return new Broken(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.recordId = source["recordId"];
	        this.recordCode = source["recordCode"];
	        this.caseCode = source["caseCode"];
	        this.title = source["title"];
	        this.state = source["state"];
	        this.want = source["want"];
	        this.got = source["got"];
	        this.at = source["at"];
	    }
	}
	export class BackupSet {
	    id: string;
	    dir: string;
	    at: string;
	    by: string;
	    logSize: number;
	    logRoot: string;
	    catalog: string;
	    files: number;
	    bytes: number;
	    added: number;
	    addedBytes: number;
	    skipped: Broken[];
	
	    static createFrom(source: any = {}) {
	        return new BackupSet(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.dir = source["dir"];
	        this.at = source["at"];
	        this.by = source["by"];
	        this.logSize = source["logSize"];
	        this.logRoot = source["logRoot"];
	        this.catalog = source["catalog"];
	        this.files = source["files"];
	        this.bytes = source["bytes"];
	        this.added = source["added"];
	        this.addedBytes = source["addedBytes"];
	        this.skipped = this.convertValues(source["skipped"], Broken);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Drill {
	    id: string;
	    set: string;
	    at: string;
	    by: string;
	    equal: boolean;
	    logRoot: string;
	    restoredLogRoot: string;
	    catalog: string;
	    restoredCatalog: string;
	    files: number;
	    filesEqual: number;
	    missing: string[];
	    code: string;
	    seconds: number;
	
	    static createFrom(source: any = {}) {
	        return new Drill(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.set = source["set"];
	        this.at = source["at"];
	        this.by = source["by"];
	        this.equal = source["equal"];
	        this.logRoot = source["logRoot"];
	        this.restoredLogRoot = source["restoredLogRoot"];
	        this.catalog = source["catalog"];
	        this.restoredCatalog = source["restoredCatalog"];
	        this.files = source["files"];
	        this.filesEqual = source["filesEqual"];
	        this.missing = source["missing"];
	        this.code = source["code"];
	        this.seconds = source["seconds"];
	    }
	}
	export class BackupState {
	    sets: BackupSet[];
	    drills: Drill[];
	    keys: BackupKey[];
	
	    static createFrom(source: any = {}) {
	        return new BackupState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.sets = this.convertValues(source["sets"], BackupSet);
	        this.drills = this.convertValues(source["drills"], Drill);
	        this.keys = this.convertValues(source["keys"], BackupKey);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Box {
	    x: number;
	    y: number;
	    w: number;
	    h: number;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new Box(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.x = source["x"];
	        this.y = source["y"];
	        this.w = source["w"];
	        this.h = source["h"];
	        this.text = source["text"];
	    }
	}
	
	export class Diagnosis {
	    kind: string;
	    format: string;
	    codec: string;
	    mediaBytes: number;
	    size: number;
	
	    static createFrom(source: any = {}) {
	        return new Diagnosis(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.format = source["format"];
	        this.codec = source["codec"];
	        this.mediaBytes = source["mediaBytes"];
	        this.size = source["size"];
	    }
	}
	export class Record {
	    id: string;
	    caseId: string;
	    caseCode: string;
	    caseTitle: string;
	    code: string;
	    kind: string;
	    medium: string;
	    stage: string;
	    title: string;
	    date: string;
	    fileName: string;
	    format: string;
	    size: number;
	    sha256: string;
	    sm3: string;
	    storedAt: string;
	    storedBy: string;
	    pages: number;
	    frames: number;
	    duration: number;
	    width: number;
	    height: number;
	    startedAt: string;
	    indexState: string;
	    diagnosis?: Diagnosis;
	    textState: string;
	    textReason: string;
	    enclosedIn: string;
	    timeliness: string;
	    dueAt: string;
	    chainId: string;
	    segment: number;
	    segments: number;
	    coverage: number;
	    annotations: number;
	    custody: string;
	    suspected: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Record(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.caseId = source["caseId"];
	        this.caseCode = source["caseCode"];
	        this.caseTitle = source["caseTitle"];
	        this.code = source["code"];
	        this.kind = source["kind"];
	        this.medium = source["medium"];
	        this.stage = source["stage"];
	        this.title = source["title"];
	        this.date = source["date"];
	        this.fileName = source["fileName"];
	        this.format = source["format"];
	        this.size = source["size"];
	        this.sha256 = source["sha256"];
	        this.sm3 = source["sm3"];
	        this.storedAt = source["storedAt"];
	        this.storedBy = source["storedBy"];
	        this.pages = source["pages"];
	        this.frames = source["frames"];
	        this.duration = source["duration"];
	        this.width = source["width"];
	        this.height = source["height"];
	        this.startedAt = source["startedAt"];
	        this.indexState = source["indexState"];
	        this.diagnosis = this.convertValues(source["diagnosis"], Diagnosis);
	        this.textState = source["textState"];
	        this.textReason = source["textReason"];
	        this.enclosedIn = source["enclosedIn"];
	        this.timeliness = source["timeliness"];
	        this.dueAt = source["dueAt"];
	        this.chainId = source["chainId"];
	        this.segment = source["segment"];
	        this.segments = source["segments"];
	        this.coverage = source["coverage"];
	        this.annotations = source["annotations"];
	        this.custody = source["custody"];
	        this.suspected = source["suspected"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Stage {
	    key: string;
	    records: Record[];
	
	    static createFrom(source: any = {}) {
	        return new Stage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.records = this.convertValues(source["records"], Record);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class CaseSummary {
	    id: string;
	    code: string;
	    title: string;
	    caseNumber: string;
	    type: string;
	    party: string;
	    officers: string[];
	    dateFrom: string;
	    dateTo: string;
	    retention: string;
	    status: string;
	    records: number;
	    footage: number;
	
	    static createFrom(source: any = {}) {
	        return new CaseSummary(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.code = source["code"];
	        this.title = source["title"];
	        this.caseNumber = source["caseNumber"];
	        this.type = source["type"];
	        this.party = source["party"];
	        this.officers = source["officers"];
	        this.dateFrom = source["dateFrom"];
	        this.dateTo = source["dateTo"];
	        this.retention = source["retention"];
	        this.status = source["status"];
	        this.records = source["records"];
	        this.footage = source["footage"];
	    }
	}
	export class CaseFile {
	    summary: CaseSummary;
	    stages: Stage[];
	
	    static createFrom(source: any = {}) {
	        return new CaseFile(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.summary = this.convertValues(source["summary"], CaseSummary);
	        this.stages = this.convertValues(source["stages"], Stage);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class CaseHold {
	    id: string;
	    caseId: string;
	    caseCode: string;
	    title: string;
	    reason: string;
	    basis: string;
	    by: string;
	    at: string;
	    endedBy: string;
	    endedAt: string;
	    endReason: string;
	
	    static createFrom(source: any = {}) {
	        return new CaseHold(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.caseId = source["caseId"];
	        this.caseCode = source["caseCode"];
	        this.title = source["title"];
	        this.reason = source["reason"];
	        this.basis = source["basis"];
	        this.by = source["by"];
	        this.at = source["at"];
	        this.endedBy = source["endedBy"];
	        this.endedAt = source["endedAt"];
	        this.endReason = source["endReason"];
	    }
	}
	
	export class Checkpoint {
	    size: number;
	    root: string;
	    at: string;
	    note: string;
	
	    static createFrom(source: any = {}) {
	        return new Checkpoint(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.size = source["size"];
	        this.root = source["root"];
	        this.at = source["at"];
	        this.note = source["note"];
	    }
	}
	export class HistoryItem {
	    seq: number;
	    at: string;
	    event: string;
	    actor: string;
	    result: string;
	    facts: {[key: string]: string};
	
	    static createFrom(source: any = {}) {
	        return new HistoryItem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.seq = source["seq"];
	        this.at = source["at"];
	        this.event = source["event"];
	        this.actor = source["actor"];
	        this.result = source["result"];
	        this.facts = source["facts"];
	    }
	}
	export class PersonCheck {
	    passed: boolean;
	    checker: string;
	    at: string;
	    opinion: string;
	    shown: number;
	    total: number;
	    share: number;
	
	    static createFrom(source: any = {}) {
	        return new PersonCheck(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.passed = source["passed"];
	        this.checker = source["checker"];
	        this.at = source["at"];
	        this.opinion = source["opinion"];
	        this.shown = source["shown"];
	        this.total = source["total"];
	        this.share = source["share"];
	    }
	}
	export class Range {
	    from: number;
	    to: number;
	
	    static createFrom(source: any = {}) {
	        return new Range(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.from = source["from"];
	        this.to = source["to"];
	    }
	}
	export class Coverage {
	    ranges: Range[];
	    fast: Range[];
	    shown: number;
	    total: number;
	    share: number;
	
	    static createFrom(source: any = {}) {
	        return new Coverage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.ranges = this.convertValues(source["ranges"], Range);
	        this.fast = this.convertValues(source["fast"], Range);
	        this.shown = source["shown"];
	        this.total = source["total"];
	        this.share = source["share"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class CopyCheck {
	    key: string;
	    passed: boolean;
	    params: {[key: string]: string};
	
	    static createFrom(source: any = {}) {
	        return new CopyCheck(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.passed = source["passed"];
	        this.params = source["params"];
	    }
	}
	export class CopyItem {
	    kind: string;
	    track: string;
	    from: number;
	    to: number;
	    fromFrame: number;
	    toFrame: number;
	    effect: string;
	    ground: string;
	    reason: string;
	
	    static createFrom(source: any = {}) {
	        return new CopyItem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.track = source["track"];
	        this.from = source["from"];
	        this.to = source["to"];
	        this.fromFrame = source["fromFrame"];
	        this.toFrame = source["toFrame"];
	        this.effect = source["effect"];
	        this.ground = source["ground"];
	        this.reason = source["reason"];
	    }
	}
	export class CopySummary {
	    id: string;
	    number: string;
	    recordId: string;
	    recordTitle: string;
	    caseCode: string;
	    state: string;
	    submitter: string;
	    checker: string;
	    submittedAt: string;
	    tracks: number;
	    mutes: number;
	    done: number;
	    total: number;
	    mine: boolean;
	
	    static createFrom(source: any = {}) {
	        return new CopySummary(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.number = source["number"];
	        this.recordId = source["recordId"];
	        this.recordTitle = source["recordTitle"];
	        this.caseCode = source["caseCode"];
	        this.state = source["state"];
	        this.submitter = source["submitter"];
	        this.checker = source["checker"];
	        this.submittedAt = source["submittedAt"];
	        this.tracks = source["tracks"];
	        this.mutes = source["mutes"];
	        this.done = source["done"];
	        this.total = source["total"];
	        this.mine = source["mine"];
	    }
	}
	export class Copy {
	    summary: CopySummary;
	    record: Record;
	    items: CopyItem[];
	    checks: CopyCheck[];
	    dropped: string[];
	    planDigest: string;
	    originalSha256: string;
	    sha256: string;
	    sm3: string;
	    size: number;
	    frames: number;
	    duration: number;
	    viewed: boolean;
	    coverage: Coverage;
	    mayCheck: boolean;
	    whyNoCheck: string;
	    mayApprove: boolean;
	    whyNot: string;
	    check?: PersonCheck;
	    opinion: string;
	    approver: string;
	    decidedAt: string;
	    error: string;
	    history: HistoryItem[];
	    releasedTo: string;
	
	    static createFrom(source: any = {}) {
	        return new Copy(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.summary = this.convertValues(source["summary"], CopySummary);
	        this.record = this.convertValues(source["record"], Record);
	        this.items = this.convertValues(source["items"], CopyItem);
	        this.checks = this.convertValues(source["checks"], CopyCheck);
	        this.dropped = source["dropped"];
	        this.planDigest = source["planDigest"];
	        this.originalSha256 = source["originalSha256"];
	        this.sha256 = source["sha256"];
	        this.sm3 = source["sm3"];
	        this.size = source["size"];
	        this.frames = source["frames"];
	        this.duration = source["duration"];
	        this.viewed = source["viewed"];
	        this.coverage = this.convertValues(source["coverage"], Coverage);
	        this.mayCheck = source["mayCheck"];
	        this.whyNoCheck = source["whyNoCheck"];
	        this.mayApprove = source["mayApprove"];
	        this.whyNot = source["whyNot"];
	        this.check = this.convertValues(source["check"], PersonCheck);
	        this.opinion = source["opinion"];
	        this.approver = source["approver"];
	        this.decidedAt = source["decidedAt"];
	        this.error = source["error"];
	        this.history = this.convertValues(source["history"], HistoryItem);
	        this.releasedTo = source["releasedTo"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	
	export class Count {
	    key: string;
	    value: number;
	    total: number;
	    route: string;
	
	    static createFrom(source: any = {}) {
	        return new Count(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.key = source["key"];
	        this.value = source["value"];
	        this.total = source["total"];
	        this.route = source["route"];
	    }
	}
	
	export class Cue {
	    number: number;
	    from: number;
	    to: number;
	    frame: number;
	    text: string;
	    speaker: string;
	    engine: string;
	    confidence: number;
	    checkedBy: string;
	    checkedAt: string;
	
	    static createFrom(source: any = {}) {
	        return new Cue(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.number = source["number"];
	        this.from = source["from"];
	        this.to = source["to"];
	        this.frame = source["frame"];
	        this.text = source["text"];
	        this.speaker = source["speaker"];
	        this.engine = source["engine"];
	        this.confidence = source["confidence"];
	        this.checkedBy = source["checkedBy"];
	        this.checkedAt = source["checkedAt"];
	    }
	}
	
	export class Draft {
	    id: string;
	    recordId: string;
	    plan: string;
	    version: number;
	    savedAt: string;
	    names: string;
	
	    static createFrom(source: any = {}) {
	        return new Draft(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.recordId = source["recordId"];
	        this.plan = source["plan"];
	        this.version = source["version"];
	        this.savedAt = source["savedAt"];
	        this.names = source["names"];
	    }
	}
	
	export class DueItem {
	    kind: string;
	    title: string;
	    caseId: string;
	    caseCode: string;
	    recordId: string;
	    copyId: string;
	    dueAt: string;
	    overdue: boolean;
	
	    static createFrom(source: any = {}) {
	        return new DueItem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.title = source["title"];
	        this.caseId = source["caseId"];
	        this.caseCode = source["caseCode"];
	        this.recordId = source["recordId"];
	        this.copyId = source["copyId"];
	        this.dueAt = source["dueAt"];
	        this.overdue = source["overdue"];
	    }
	}
	export class Engine {
	    name: string;
	    role: string;
	    running: boolean;
	    deaths: number;
	    seccomp: boolean;
	    landlock: number;
	    limits: boolean;
	    noNewPrivs: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Engine(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.name = source["name"];
	        this.role = source["role"];
	        this.running = source["running"];
	        this.deaths = source["deaths"];
	        this.seccomp = source["seccomp"];
	        this.landlock = source["landlock"];
	        this.limits = source["limits"];
	        this.noNewPrivs = source["noNewPrivs"];
	    }
	}
	export class Exception {
	    id: string;
	    kind: string;
	    number: string;
	    name: string;
	    caseCode: string;
	    reason: string;
	    basis: string;
	    until: string;
	    by: string;
	    grantedAt: string;
	    revokedAt: string;
	    inForce: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Exception(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.kind = source["kind"];
	        this.number = source["number"];
	        this.name = source["name"];
	        this.caseCode = source["caseCode"];
	        this.reason = source["reason"];
	        this.basis = source["basis"];
	        this.until = source["until"];
	        this.by = source["by"];
	        this.grantedAt = source["grantedAt"];
	        this.revokedAt = source["revokedAt"];
	        this.inForce = source["inForce"];
	    }
	}
	export class ExceptionRequest {
	    number: string;
	    caseCode: string;
	    until: string;
	    reason: string;
	    basis: string;
	
	    static createFrom(source: any = {}) {
	        return new ExceptionRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.number = source["number"];
	        this.caseCode = source["caseCode"];
	        this.until = source["until"];
	        this.reason = source["reason"];
	        this.basis = source["basis"];
	    }
	}
	export class Facet {
	    value: string;
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new Facet(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.value = source["value"];
	        this.count = source["count"];
	    }
	}
	export class FixityRun {
	    id: string;
	    scope: string;
	    by: string;
	    state: string;
	    started: string;
	    ended: string;
	    total: number;
	    done: number;
	    broken: number;
	    bytes: number;
	    bytesTotal: number;
	    remaining: number;
	
	    static createFrom(source: any = {}) {
	        return new FixityRun(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.scope = source["scope"];
	        this.by = source["by"];
	        this.state = source["state"];
	        this.started = source["started"];
	        this.ended = source["ended"];
	        this.total = source["total"];
	        this.done = source["done"];
	        this.broken = source["broken"];
	        this.bytes = source["bytes"];
	        this.bytesTotal = source["bytesTotal"];
	        this.remaining = source["remaining"];
	    }
	}
	export class Fixity {
	    everyDays: number;
	    originals: number;
	    candidates: number;
	    bytes: number;
	    never: number;
	    overdue: number;
	    broken: number;
	    oldest: string;
	    nextDue: string;
	    runs: FixityRun[];
	
	    static createFrom(source: any = {}) {
	        return new Fixity(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.everyDays = source["everyDays"];
	        this.originals = source["originals"];
	        this.candidates = source["candidates"];
	        this.bytes = source["bytes"];
	        this.never = source["never"];
	        this.overdue = source["overdue"];
	        this.broken = source["broken"];
	        this.oldest = source["oldest"];
	        this.nextDue = source["nextDue"];
	        this.runs = this.convertValues(source["runs"], FixityRun);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class FixityReport {
	    run: FixityRun;
	    findings: Broken[];
	
	    static createFrom(source: any = {}) {
	        return new FixityReport(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.run = this.convertValues(source["run"], FixityRun);
	        this.findings = this.convertValues(source["findings"], Broken);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class NewAccount {
	    number: string;
	    name: string;
	    department: string;
	    roles: string[];
	    password: string;
	
	    static createFrom(source: any = {}) {
	        return new NewAccount(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.number = source["number"];
	        this.name = source["name"];
	        this.department = source["department"];
	        this.roles = source["roles"];
	        this.password = source["password"];
	    }
	}
	export class Founding {
	    dir: string;
	    apart: string;
	    organ: string;
	    fonds: string;
	    accounts: NewAccount[];
	
	    static createFrom(source: any = {}) {
	        return new Founding(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.dir = source["dir"];
	        this.apart = source["apart"];
	        this.organ = source["organ"];
	        this.fonds = source["fonds"];
	        this.accounts = this.convertValues(source["accounts"], NewAccount);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Fragment {
	    text: string;
	    mark: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Fragment(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.mark = source["mark"];
	    }
	}
	export class Problem {
	    code: string;
	    message: string;
	    params: {[key: string]: string};
	
	    static createFrom(source: any = {}) {
	        return new Problem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.message = source["message"];
	        this.params = source["params"];
	    }
	}
	export class Helpers {
	    office: string;
	    scans: string;
	    speech: string;
	    speechDir: string;
	    speechLack?: Problem;
	
	    static createFrom(source: any = {}) {
	        return new Helpers(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.office = source["office"];
	        this.scans = source["scans"];
	        this.speech = source["speech"];
	        this.speechDir = source["speechDir"];
	        this.speechLack = this.convertValues(source["speechLack"], Problem);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class IngestOutcome {
	    path: string;
	    name: string;
	    size: number;
	    state: string;
	    code: string;
	    params: {[key: string]: string};
	    recordId: string;
	    sha256: string;
	    sm3: string;
	    seq: number;
	
	    static createFrom(source: any = {}) {
	        return new IngestOutcome(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.name = source["name"];
	        this.size = source["size"];
	        this.state = source["state"];
	        this.code = source["code"];
	        this.params = source["params"];
	        this.recordId = source["recordId"];
	        this.sha256 = source["sha256"];
	        this.sm3 = source["sm3"];
	        this.seq = source["seq"];
	    }
	}
	export class IngestJob {
	    id: string;
	    state: string;
	    files: number;
	    filesDone: number;
	    bytes: number;
	    bytesDone: number;
	    step: string;
	    current: string;
	    seconds: number;
	    remaining: number;
	    outcomes: IngestOutcome[];
	
	    static createFrom(source: any = {}) {
	        return new IngestJob(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.state = source["state"];
	        this.files = source["files"];
	        this.filesDone = source["filesDone"];
	        this.bytes = source["bytes"];
	        this.bytesDone = source["bytesDone"];
	        this.step = source["step"];
	        this.current = source["current"];
	        this.seconds = source["seconds"];
	        this.remaining = source["remaining"];
	        this.outcomes = this.convertValues(source["outcomes"], IngestOutcome);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class IngestRequest {
	    caseId: string;
	    stage: string;
	    paths: string[];
	    chain: boolean;
	    recordingId: string;
	
	    static createFrom(source: any = {}) {
	        return new IngestRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.caseId = source["caseId"];
	        this.stage = source["stage"];
	        this.paths = source["paths"];
	        this.chain = source["chain"];
	        this.recordingId = source["recordingId"];
	    }
	}
	export class Interval {
	    kind: string;
	    from: number;
	    to: number;
	    presented: number;
	    speed: number;
	    sound: string;
	    visible: boolean;
	    wallMs: number;
	
	    static createFrom(source: any = {}) {
	        return new Interval(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.from = source["from"];
	        this.to = source["to"];
	        this.presented = source["presented"];
	        this.speed = source["speed"];
	        this.sound = source["sound"];
	        this.visible = source["visible"];
	        this.wallMs = source["wallMs"];
	    }
	}
	export class Isolation {
	    id: string;
	    recordId: string;
	    recordCode: string;
	    caseCode: string;
	    title: string;
	    reason: string;
	    by: string;
	    at: string;
	    state: string;
	    requestedBy: string;
	    requestedByMe: boolean;
	    requestedAt: string;
	    takenOutBy: string;
	    takenOutAt: string;
	
	    static createFrom(source: any = {}) {
	        return new Isolation(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.recordId = source["recordId"];
	        this.recordCode = source["recordCode"];
	        this.caseCode = source["caseCode"];
	        this.title = source["title"];
	        this.reason = source["reason"];
	        this.by = source["by"];
	        this.at = source["at"];
	        this.state = source["state"];
	        this.requestedBy = source["requestedBy"];
	        this.requestedByMe = source["requestedByMe"];
	        this.requestedAt = source["requestedAt"];
	        this.takenOutBy = source["takenOutBy"];
	        this.takenOutAt = source["takenOutAt"];
	    }
	}
	export class IsolationStep {
	    seq: number;
	    at: string;
	    by: string;
	    step: string;
	    reason: string;
	
	    static createFrom(source: any = {}) {
	        return new IsolationStep(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.seq = source["seq"];
	        this.at = source["at"];
	        this.by = source["by"];
	        this.step = source["step"];
	        this.reason = source["reason"];
	    }
	}
	export class Job {
	    id: string;
	    kind: string;
	    subject: string;
	    title: string;
	    state: string;
	    done: number;
	    total: number;
	    remaining: number;
	    code: string;
	
	    static createFrom(source: any = {}) {
	        return new Job(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.kind = source["kind"];
	        this.subject = source["subject"];
	        this.title = source["title"];
	        this.state = source["state"];
	        this.done = source["done"];
	        this.total = source["total"];
	        this.remaining = source["remaining"];
	        this.code = source["code"];
	    }
	}
	export class Mark {
	    place: string;
	    second: boolean;
	    size: number;
	    at: string;
	    missing: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Mark(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.place = source["place"];
	        this.second = source["second"];
	        this.size = source["size"];
	        this.at = source["at"];
	        this.missing = source["missing"];
	    }
	}
	export class KeyState {
	    kind: string;
	    place: string;
	    public: string;
	    fingerprint: string;
	    marks: Mark[];
	
	    static createFrom(source: any = {}) {
	        return new KeyState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.place = source["place"];
	        this.public = source["public"];
	        this.fingerprint = source["fingerprint"];
	        this.marks = this.convertValues(source["marks"], Mark);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Life {
	    record: Record;
	    items: HistoryItem[];
	    seq: number;
	    organ: string;
	    at: string;
	    by: string;
	    root: string;
	    size: number;
	
	    static createFrom(source: any = {}) {
	        return new Life(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.record = this.convertValues(source["record"], Record);
	        this.items = this.convertValues(source["items"], HistoryItem);
	        this.seq = source["seq"];
	        this.organ = source["organ"];
	        this.at = source["at"];
	        this.by = source["by"];
	        this.root = source["root"];
	        this.size = source["size"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class LogExport {
	    path: string;
	    entries: number;
	    size: number;
	    withheld: boolean;
	
	    static createFrom(source: any = {}) {
	        return new LogExport(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.entries = source["entries"];
	        this.size = source["size"];
	        this.withheld = source["withheld"];
	    }
	}
	export class LogFilter {
	    events: string[];
	    accounts: string[];
	    result: string;
	    object: string;
	    from: string;
	    to: string;
	    before: number;
	    limit: number;
	
	    static createFrom(source: any = {}) {
	        return new LogFilter(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.events = source["events"];
	        this.accounts = source["accounts"];
	        this.result = source["result"];
	        this.object = source["object"];
	        this.from = source["from"];
	        this.to = source["to"];
	        this.before = source["before"];
	        this.limit = source["limit"];
	    }
	}
	export class LogHead {
	    size: number;
	    root: string;
	    sinceWitness: number;
	
	    static createFrom(source: any = {}) {
	        return new LogHead(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.size = source["size"];
	        this.root = source["root"];
	        this.sinceWitness = source["sinceWitness"];
	    }
	}
	export class LogRow {
	    seq: number;
	    at: string;
	    account: string;
	    event: string;
	    result: string;
	    objects: {[key: string]: string};
	    codes: string;
	    details: string;
	
	    static createFrom(source: any = {}) {
	        return new LogRow(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.seq = source["seq"];
	        this.at = source["at"];
	        this.account = source["account"];
	        this.event = source["event"];
	        this.result = source["result"];
	        this.objects = source["objects"];
	        this.codes = source["codes"];
	        this.details = source["details"];
	    }
	}
	export class LogShare {
	    value: string;
	    name: string;
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new LogShare(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.value = source["value"];
	        this.name = source["name"];
	        this.count = source["count"];
	    }
	}
	export class LogTally {
	    total: number;
	    events: LogShare[];
	    accounts: LogShare[];
	
	    static createFrom(source: any = {}) {
	        return new LogTally(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.total = source["total"];
	        this.events = this.convertValues(source["events"], LogShare);
	        this.accounts = this.convertValues(source["accounts"], LogShare);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class MatrixCase {
	    caseId: string;
	    code: string;
	    title: string;
	
	    static createFrom(source: any = {}) {
	        return new MatrixCase(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.caseId = source["caseId"];
	        this.code = source["code"];
	        this.title = source["title"];
	    }
	}
	export class MatrixLine {
	    text: string;
	    cases: number;
	    records: number;
	    total: number;
	    places: number[];
	
	    static createFrom(source: any = {}) {
	        return new MatrixLine(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.cases = source["cases"];
	        this.records = source["records"];
	        this.total = source["total"];
	        this.places = source["places"];
	    }
	}
	
	export class NewCase {
	    code: string;
	    title: string;
	    caseNumber: string;
	    type: string;
	    party: string;
	    officers: string[];
	    dateFrom: string;
	    retention: string;
	
	    static createFrom(source: any = {}) {
	        return new NewCase(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.title = source["title"];
	        this.caseNumber = source["caseNumber"];
	        this.type = source["type"];
	        this.party = source["party"];
	        this.officers = source["officers"];
	        this.dateFrom = source["dateFrom"];
	        this.retention = source["retention"];
	    }
	}
	export class Storage {
	    originals: number;
	    free: number;
	
	    static createFrom(source: any = {}) {
	        return new Storage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.originals = source["originals"];
	        this.free = source["free"];
	    }
	}
	export class ViewingRow {
	    id: string;
	    number: string;
	    openedAt: string;
	    closedAt: string;
	    closeKind: string;
	    account: string;
	    accountNo: string;
	    department: string;
	    purpose: string;
	    basis: string;
	    note: string;
	    caseCode: string;
	    caseTitle: string;
	    recordId: string;
	    recordCode: string;
	    recordTitle: string;
	    kind: string;
	    shown: number;
	    total: number;
	    seen: number;
	    unit: string;
	    whole: boolean;
	    result: string;
	    copyNumber: string;
	    approver: string;
	    taken: boolean;
	    approval: string;
	    wallMs: number;
	    maxSpeed: number;
	    sound: string;
	    seqFirst: number;
	    seqLast: number;
	    hash: string;
	    intervals: Interval[];
	
	    static createFrom(source: any = {}) {
	        return new ViewingRow(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.number = source["number"];
	        this.openedAt = source["openedAt"];
	        this.closedAt = source["closedAt"];
	        this.closeKind = source["closeKind"];
	        this.account = source["account"];
	        this.accountNo = source["accountNo"];
	        this.department = source["department"];
	        this.purpose = source["purpose"];
	        this.basis = source["basis"];
	        this.note = source["note"];
	        this.caseCode = source["caseCode"];
	        this.caseTitle = source["caseTitle"];
	        this.recordId = source["recordId"];
	        this.recordCode = source["recordCode"];
	        this.recordTitle = source["recordTitle"];
	        this.kind = source["kind"];
	        this.shown = source["shown"];
	        this.total = source["total"];
	        this.seen = source["seen"];
	        this.unit = source["unit"];
	        this.whole = source["whole"];
	        this.result = source["result"];
	        this.copyNumber = source["copyNumber"];
	        this.approver = source["approver"];
	        this.taken = source["taken"];
	        this.approval = source["approval"];
	        this.wallMs = source["wallMs"];
	        this.maxSpeed = source["maxSpeed"];
	        this.sound = source["sound"];
	        this.seqFirst = source["seqFirst"];
	        this.seqLast = source["seqLast"];
	        this.hash = source["hash"];
	        this.intervals = this.convertValues(source["intervals"], Interval);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Overview {
	    counts: Count[];
	    due: DueItem[];
	    recent: ViewingRow[];
	    jobs: Job[];
	    copies: CopySummary[];
	    storage: Storage;
	
	    static createFrom(source: any = {}) {
	        return new Overview(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.counts = this.convertValues(source["counts"], Count);
	        this.due = this.convertValues(source["due"], DueItem);
	        this.recent = this.convertValues(source["recent"], ViewingRow);
	        this.jobs = this.convertValues(source["jobs"], Job);
	        this.copies = this.convertValues(source["copies"], CopySummary);
	        this.storage = this.convertValues(source["storage"], Storage);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class PageText {
	    page: number;
	    source: string;
	    text: string;
	    boxes: Box[];
	    marks: Box[];
	    width: number;
	    height: number;
	
	    static createFrom(source: any = {}) {
	        return new PageText(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.page = source["page"];
	        this.source = source["source"];
	        this.text = source["text"];
	        this.boxes = this.convertValues(source["boxes"], Box);
	        this.marks = this.convertValues(source["marks"], Box);
	        this.width = source["width"];
	        this.height = source["height"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class PaperRow {
	    cells: string[];
	    height: number;
	
	    static createFrom(source: any = {}) {
	        return new PaperRow(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.cells = source["cells"];
	        this.height = source["height"];
	    }
	}
	export class PaperPage {
	    number: number;
	    of: number;
	    rows: PaperRow[];
	
	    static createFrom(source: any = {}) {
	        return new PaperPage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.number = source["number"];
	        this.of = source["of"];
	        this.rows = this.convertValues(source["rows"], PaperRow);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class PaperColumn {
	    title: string;
	    width: number;
	    right: boolean;
	
	    static createFrom(source: any = {}) {
	        return new PaperColumn(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.title = source["title"];
	        this.width = source["width"];
	        this.right = source["right"];
	    }
	}
	export class Paper {
	    title: string;
	    under: string[];
	    columns: PaperColumn[];
	    pages: PaperPage[];
	    foot: string[];
	    landscape: boolean;
	    rows: number;
	    digest: string;
	    seq: number;
	
	    static createFrom(source: any = {}) {
	        return new Paper(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.title = source["title"];
	        this.under = source["under"];
	        this.columns = this.convertValues(source["columns"], PaperColumn);
	        this.pages = this.convertValues(source["pages"], PaperPage);
	        this.foot = source["foot"];
	        this.landscape = source["landscape"];
	        this.rows = source["rows"];
	        this.digest = source["digest"];
	        this.seq = source["seq"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	
	
	
	
	export class UnreadRecord {
	    recordId: string;
	    title: string;
	    pages: number;
	    code: string;
	
	    static createFrom(source: any = {}) {
	        return new UnreadRecord(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.recordId = source["recordId"];
	        this.title = source["title"];
	        this.pages = source["pages"];
	        this.code = source["code"];
	    }
	}
	export class RecognitionStatus {
	    reader: string;
	    paused: boolean;
	    waiting: number;
	    waitingRecords: number;
	    done: number;
	    blank: number;
	    failed: number;
	    remaining: number;
	    failures: UnreadRecord[];
	
	    static createFrom(source: any = {}) {
	        return new RecognitionStatus(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.reader = source["reader"];
	        this.paused = source["paused"];
	        this.waiting = source["waiting"];
	        this.waitingRecords = source["waitingRecords"];
	        this.done = source["done"];
	        this.blank = source["blank"];
	        this.failed = source["failed"];
	        this.remaining = source["remaining"];
	        this.failures = this.convertValues(source["failures"], UnreadRecord);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class RegisterFilter {
	    from: string;
	    to: string;
	    account: string;
	    purpose: string;
	    text: string;
	    recordId: string;
	    close: string;
	    result: string;
	    before: number;
	    limit: number;
	
	    static createFrom(source: any = {}) {
	        return new RegisterFilter(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.from = source["from"];
	        this.to = source["to"];
	        this.account = source["account"];
	        this.purpose = source["purpose"];
	        this.text = source["text"];
	        this.recordId = source["recordId"];
	        this.close = source["close"];
	        this.result = source["result"];
	        this.before = source["before"];
	        this.limit = source["limit"];
	    }
	}
	export class Released {
	    copyPath: string;
	    certificatePath: string;
	    sheetPath: string;
	    seq: number;
	
	    static createFrom(source: any = {}) {
	        return new Released(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.copyPath = source["copyPath"];
	        this.certificatePath = source["certificatePath"];
	        this.sheetPath = source["sheetPath"];
	        this.seq = source["seq"];
	    }
	}
	export class Restored {
	    set: string;
	    at: string;
	    dir: string;
	    logSize: number;
	    logRoot: string;
	    catalog: string;
	    files: number;
	    bytes: number;
	    missing: string[];
	    equal: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Restored(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.set = source["set"];
	        this.at = source["at"];
	        this.dir = source["dir"];
	        this.logSize = source["logSize"];
	        this.logRoot = source["logRoot"];
	        this.catalog = source["catalog"];
	        this.files = source["files"];
	        this.bytes = source["bytes"];
	        this.missing = source["missing"];
	        this.equal = source["equal"];
	    }
	}
	export class RetentionDue {
	    caseId: string;
	    caseCode: string;
	    title: string;
	    retention: string;
	    expires: string;
	    held: boolean;
	    records: number;
	    state: string;
	    appraisalId: string;
	
	    static createFrom(source: any = {}) {
	        return new RetentionDue(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.caseId = source["caseId"];
	        this.caseCode = source["caseCode"];
	        this.title = source["title"];
	        this.retention = source["retention"];
	        this.expires = source["expires"];
	        this.held = source["held"];
	        this.records = source["records"];
	        this.state = source["state"];
	        this.appraisalId = source["appraisalId"];
	    }
	}
	export class Saved {
	    path: string;
	    rows: number;
	    seq: number;
	    digest: string;
	
	    static createFrom(source: any = {}) {
	        return new Saved(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.rows = source["rows"];
	        this.seq = source["seq"];
	        this.digest = source["digest"];
	    }
	}
	export class SearchRequest {
	    text: string;
	    level: string;
	    sort: string;
	    stages: string[];
	    kinds: string[];
	    sources: string[];
	    words: string[];
	    dateFrom: string;
	    dateTo: string;
	    caseId: string;
	    recordId: string;
	    offset: number;
	    limit: number;
	
	    static createFrom(source: any = {}) {
	        return new SearchRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.level = source["level"];
	        this.sort = source["sort"];
	        this.stages = source["stages"];
	        this.kinds = source["kinds"];
	        this.sources = source["sources"];
	        this.words = source["words"];
	        this.dateFrom = source["dateFrom"];
	        this.dateTo = source["dateTo"];
	        this.caseId = source["caseId"];
	        this.recordId = source["recordId"];
	        this.offset = source["offset"];
	        this.limit = source["limit"];
	    }
	}
	export class SavedSearch {
	    id: string;
	    name: string;
	    request: SearchRequest;
	
	    static createFrom(source: any = {}) {
	        return new SavedSearch(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.name = source["name"];
	        this.request = this.convertValues(source["request"], SearchRequest);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SearchHit {
	    source: string;
	    page: number;
	    frame: number;
	    time: number;
	    heard: boolean;
	    score: number;
	    fragments: Fragment[];
	
	    static createFrom(source: any = {}) {
	        return new SearchHit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.source = source["source"];
	        this.page = source["page"];
	        this.frame = source["frame"];
	        this.time = source["time"];
	        this.heard = source["heard"];
	        this.score = source["score"];
	        this.fragments = this.convertValues(source["fragments"], Fragment);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SearchRecord {
	    recordId: string;
	    code: string;
	    title: string;
	    kind: string;
	    medium: string;
	    stage: string;
	    date: string;
	    words: string;
	    places: number;
	    hits: SearchHit[];
	
	    static createFrom(source: any = {}) {
	        return new SearchRecord(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.recordId = source["recordId"];
	        this.code = source["code"];
	        this.title = source["title"];
	        this.kind = source["kind"];
	        this.medium = source["medium"];
	        this.stage = source["stage"];
	        this.date = source["date"];
	        this.words = source["words"];
	        this.places = source["places"];
	        this.hits = this.convertValues(source["hits"], SearchHit);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SearchCase {
	    caseId: string;
	    code: string;
	    title: string;
	    records: SearchRecord[];
	
	    static createFrom(source: any = {}) {
	        return new SearchCase(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.caseId = source["caseId"];
	        this.code = source["code"];
	        this.title = source["title"];
	        this.records = this.convertValues(source["records"], SearchRecord);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class SearchMatrix {
	    lines: MatrixLine[];
	    cases: MatrixCase[];
	    hits: number;
	    unsearched: Facet[];
	
	    static createFrom(source: any = {}) {
	        return new SearchMatrix(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.lines = this.convertValues(source["lines"], MatrixLine);
	        this.cases = this.convertValues(source["cases"], MatrixCase);
	        this.hits = source["hits"];
	        this.unsearched = this.convertValues(source["unsearched"], Facet);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	export class SearchTerm {
	    text: string;
	    literal: boolean;
	    how: string;
	    field: string;
	    within: number;
	    not: boolean;
	
	    static createFrom(source: any = {}) {
	        return new SearchTerm(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.text = source["text"];
	        this.literal = source["literal"];
	        this.how = source["how"];
	        this.field = source["field"];
	        this.within = source["within"];
	        this.not = source["not"];
	    }
	}
	export class SearchResult {
	    cases: number;
	    records: number;
	    places: number;
	    groups: SearchCase[];
	    stages: Facet[];
	    kinds: Facet[];
	    years: Facet[];
	    sources: Facet[];
	    words: Facet[];
	    unsearched: Facet[];
	    level: string;
	    terms: SearchTerm[];
	    unparsed: string[];
	    millis: number;
	    pending: number;
	
	    static createFrom(source: any = {}) {
	        return new SearchResult(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.cases = source["cases"];
	        this.records = source["records"];
	        this.places = source["places"];
	        this.groups = this.convertValues(source["groups"], SearchCase);
	        this.stages = this.convertValues(source["stages"], Facet);
	        this.kinds = this.convertValues(source["kinds"], Facet);
	        this.years = this.convertValues(source["years"], Facet);
	        this.sources = this.convertValues(source["sources"], Facet);
	        this.words = this.convertValues(source["words"], Facet);
	        this.unsearched = this.convertValues(source["unsearched"], Facet);
	        this.level = source["level"];
	        this.terms = this.convertValues(source["terms"], SearchTerm);
	        this.unparsed = source["unparsed"];
	        this.millis = source["millis"];
	        this.pending = source["pending"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Shortage {
	    duties: string[];
	    vacant: string[];
	    need: number;
	    have: number;
	
	    static createFrom(source: any = {}) {
	        return new Shortage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.duties = source["duties"];
	        this.vacant = source["vacant"];
	        this.need = source["need"];
	        this.have = source["have"];
	    }
	}
	export class SoundTrack {
	    index: number;
	    rate: number;
	    channels: number;
	    language: string;
	
	    static createFrom(source: any = {}) {
	        return new SoundTrack(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.index = source["index"];
	        this.rate = source["rate"];
	        this.channels = source["channels"];
	        this.language = source["language"];
	    }
	}
	
	export class Station {
	    state: string;
	    archive: Archive;
	    account?: Account;
	    permissions: string[];
	    head: LogHead;
	    holder: string;
	    problem?: Problem;
	    version: string;
	    locked: string;
	    desktopLock: boolean;
	    sleepLock: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Station(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.archive = this.convertValues(source["archive"], Archive);
	        this.account = this.convertValues(source["account"], Account);
	        this.permissions = source["permissions"];
	        this.head = this.convertValues(source["head"], LogHead);
	        this.holder = source["holder"];
	        this.problem = this.convertValues(source["problem"], Problem);
	        this.version = source["version"];
	        this.locked = source["locked"];
	        this.desktopLock = source["desktopLock"];
	        this.sleepLock = source["sleepLock"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class TextList {
	    rows: Record[];
	    more: boolean;
	
	    static createFrom(source: any = {}) {
	        return new TextList(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.rows = this.convertValues(source["rows"], Record);
	        this.more = source["more"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class TextState {
	    state: string;
	    records: number;
	    retriable: boolean;
	
	    static createFrom(source: any = {}) {
	        return new TextState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.records = source["records"];
	        this.retriable = source["retriable"];
	    }
	}
	export class TextOverview {
	    states: TextState[];
	    open: number;
	    remaining: number;
	    preparing: boolean;
	
	    static createFrom(source: any = {}) {
	        return new TextOverview(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.states = this.convertValues(source["states"], TextState);
	        this.open = source["open"];
	        this.remaining = source["remaining"];
	        this.preparing = source["preparing"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class TranscriptLine {
	    id: string;
	    line: string;
	    version: number;
	    origin: string;
	    track: number;
	    label: string;
	    language: string;
	    engine: string;
	    act: string;
	    author: string;
	    createdAt: string;
	    cues: Cue[];
	
	    static createFrom(source: any = {}) {
	        return new TranscriptLine(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.line = source["line"];
	        this.version = source["version"];
	        this.origin = source["origin"];
	        this.track = source["track"];
	        this.label = source["label"];
	        this.language = source["language"];
	        this.engine = source["engine"];
	        this.act = source["act"];
	        this.author = source["author"];
	        this.createdAt = source["createdAt"];
	        this.cues = this.convertValues(source["cues"], Cue);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Transcription {
	    model: string;
	    lack?: Problem;
	    state: string;
	    done: number;
	    total: number;
	    remaining: number;
	    code: string;
	
	    static createFrom(source: any = {}) {
	        return new Transcription(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.model = source["model"];
	        this.lack = this.convertValues(source["lack"], Problem);
	        this.state = source["state"];
	        this.done = source["done"];
	        this.total = source["total"];
	        this.remaining = source["remaining"];
	        this.code = source["code"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Verification {
	    ok: boolean;
	    entries: number;
	    root: string;
	    checkpoints: number;
	    highWater: number;
	    keyPlace: string;
	    trustedKey: boolean;
	    seq: number;
	    code: string;
	    seconds: number;
	
	    static createFrom(source: any = {}) {
	        return new Verification(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.ok = source["ok"];
	        this.entries = source["entries"];
	        this.root = source["root"];
	        this.checkpoints = source["checkpoints"];
	        this.highWater = source["highWater"];
	        this.keyPlace = source["keyPlace"];
	        this.trustedKey = source["trustedKey"];
	        this.seq = source["seq"];
	        this.code = source["code"];
	        this.seconds = source["seconds"];
	    }
	}
	export class Viewing {
	    id: string;
	    number: string;
	    record: Record;
	    copyId: string;
	    purpose: string;
	    basis: string;
	    openedAt: string;
	    seq: number;
	    frames: number;
	    provisional: boolean;
	    duration: number;
	    frameRate: number;
	    width: number;
	    height: number;
	    pixelAspect: number;
	    sound: SoundTrack[];
	    pages: number;
	    clockOffset: number;
	    segments: Record[];
	    coverage: Coverage;
	    watermark: string;
	
	    static createFrom(source: any = {}) {
	        return new Viewing(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.number = source["number"];
	        this.record = this.convertValues(source["record"], Record);
	        this.copyId = source["copyId"];
	        this.purpose = source["purpose"];
	        this.basis = source["basis"];
	        this.openedAt = source["openedAt"];
	        this.seq = source["seq"];
	        this.frames = source["frames"];
	        this.provisional = source["provisional"];
	        this.duration = source["duration"];
	        this.frameRate = source["frameRate"];
	        this.width = source["width"];
	        this.height = source["height"];
	        this.pixelAspect = source["pixelAspect"];
	        this.sound = this.convertValues(source["sound"], SoundTrack);
	        this.pages = source["pages"];
	        this.clockOffset = source["clockOffset"];
	        this.segments = this.convertValues(source["segments"], Record);
	        this.coverage = this.convertValues(source["coverage"], Coverage);
	        this.watermark = source["watermark"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ViewingRequest {
	    recordId: string;
	    copyId: string;
	    purpose: string;
	    basis: string;
	    note: string;
	
	    static createFrom(source: any = {}) {
	        return new ViewingRequest(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.recordId = source["recordId"];
	        this.copyId = source["copyId"];
	        this.purpose = source["purpose"];
	        this.basis = source["basis"];
	        this.note = source["note"];
	    }
	}
	
	export class Witness {
	    seq: number;
	    kind: string;
	    size: number;
	    at: string;
	    by: string;
	    place: string;
	
	    static createFrom(source: any = {}) {
	        return new Witness(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.seq = source["seq"];
	        this.kind = source["kind"];
	        this.size = source["size"];
	        this.at = source["at"];
	        this.by = source["by"];
	        this.place = source["place"];
	    }
	}
	export class WitnessSheet {
	    size: number;
	    root: string;
	    at: string;
	    fingerprint: string;
	    sinceWitness: number;
	    qr: string;
	    path: string;
	
	    static createFrom(source: any = {}) {
	        return new WitnessSheet(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.size = source["size"];
	        this.root = source["root"];
	        this.at = source["at"];
	        this.fingerprint = source["fingerprint"];
	        this.sinceWitness = source["sinceWitness"];
	        this.qr = source["qr"];
	        this.path = source["path"];
	    }
	}

}

