BEGIN TRANSACTION;
CREATE TABLE deployment_blobs (
	deployment VARCHAR(63) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (deployment, digest), 
	FOREIGN KEY(deployment) REFERENCES deployments (name) ON DELETE CASCADE
);
INSERT INTO "deployment_blobs" VALUES('poet','cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc');
CREATE TABLE deployment_log (
	id INTEGER NOT NULL, 
	deployment VARCHAR(63) NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(deployment) REFERENCES deployments (name) ON DELETE CASCADE
);
INSERT INTO "deployment_log" VALUES(1,'poet','{"kind":"request","at":"2026-11-22T14:00:00Z","text":"hello","level":"info"}');
CREATE TABLE deployment_minutes (
	deployment VARCHAR(63) NOT NULL, 
	minute BIGINT NOT NULL, 
	requests BIGINT NOT NULL, 
	errors BIGINT NOT NULL, 
	refused BIGINT NOT NULL, 
	compute_ms BIGINT NOT NULL, 
	latencies TEXT NOT NULL, 
	PRIMARY KEY (deployment, minute), 
	FOREIGN KEY(deployment) REFERENCES deployments (name) ON DELETE CASCADE
);
INSERT INTO "deployment_minutes" VALUES('poet',29922601,3,1,0,120,'[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,3]');
CREATE TABLE deployment_tokens (
	id VARCHAR(26) NOT NULL, 
	deployment VARCHAR(63) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	document TEXT NOT NULL, 
	requests BIGINT NOT NULL, 
	compute_ms BIGINT NOT NULL, 
	used_ms BIGINT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(deployment) REFERENCES deployments (name) ON DELETE CASCADE, 
	UNIQUE (sha256)
);
INSERT INTO "deployment_tokens" VALUES('01m81sdzeqdas2y39yhq1776xh','poet','eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','{"id":"01m81sdzeqdas2y39yhq1776xh","deployment":"poet","name":"my bot","kind":"secret","hint":"wxyz","created_at":"2026-11-22T14:00:00Z","expires_at":null,"origins":[],"requests_per_minute":null,"max_requests":100,"max_compute_s":null}',3,120,1795356060000);
CREATE TABLE deployments (
	name VARCHAR(63) NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "deployments" VALUES('poet','{"name":"poet","current":1,"releases":[{"number":1,"model":"dream","digest":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","archive":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","command":"run","options":{},"device":"auto","created_at":"2026-11-22T14:00:00Z"}],"is_active":true,"is_public":false,"origins":[],"requests_per_minute":null,"created_at":"2026-11-22T14:00:00Z"}');
CREATE TABLE gesso_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "gesso_version" VALUES(4);
CREATE TABLE guest_files (
	id VARCHAR(26) NOT NULL, 
	deployment VARCHAR(63) NOT NULL, 
	token_id VARCHAR(26), 
	digest VARCHAR(64) NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(deployment) REFERENCES deployments (name) ON DELETE CASCADE
);
INSERT INTO "guest_files" VALUES('01m81sdzeqdas2y39yhq1776xk','poet','01m81sdzeqdas2y39yhq1776xh','ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','{"id": "01m81sdzeqdas2y39yhq1776xk", "deployment": "poet", "token_id": "01m81sdzeqdas2y39yhq1776xh", "file": {"blob": "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "name": "fox.png", "media_type": "image/png", "size_bytes": 3}, "metadata": {}, "created_at": "2026-11-22T14:00:00Z"}');
CREATE TABLE job_blobs (
	job_id VARCHAR(26) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	PRIMARY KEY (job_id, digest), 
	FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "job_blobs" VALUES('01m81sdzeqdas2y39yhq1776xg','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
CREATE TABLE job_logs (
	job_id VARCHAR(26) NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (job_id), 
	FOREIGN KEY(job_id) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "job_logs" VALUES('01m81sdzeqdas2y39yhq1776xg','{"lines":[{"at":"2026-11-22T14:00:00Z","text":"hello","level":"info"}],"left_out":0}');
CREATE TABLE jobs (
	id VARCHAR(26) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	rank INTEGER NOT NULL, 
	lane VARCHAR(64) NOT NULL, 
	model TEXT NOT NULL, 
	parent_id VARCHAR(26), 
	idempotency_key VARCHAR(255), 
	deadline_ms BIGINT, 
	search_text TEXT NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (idempotency_key)
);
INSERT INTO "jobs" VALUES('01m81sdzeqdas2y39yhq1776xg','succeeded','prediction',0,'7e971d2b8db79855b75de1a2d9a8cfa7c70cca2ddae416a9ac222c60df099a9d','dream',NULL,'k',1795356060000,'dream dream run fox.png a fox','{"id":"01m81sdzeqdas2y39yhq1776xg","kind":"prediction","status":"succeeded","model":"dream","model_title":"Dream","model_digest":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","command":"run","inputs":{"photo":{"blob":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","name":"fox.png","media_type":"image/png","size_bytes":80},"words":"a fox"},"options":{},"device":"auto","seed":4,"priority":"interactive","idempotency_key":"k","deadline_s":60,"parent_id":null,"child_ids":[],"retry_of":null,"created_at":"2026-11-22T14:00:00Z","started_at":"2026-11-22T14:00:00Z","completed_at":"2026-11-22T14:00:00Z","queue_position":null,"progress":0.0,"progress_text":"","outputs":[{"name":"picture","type":"image","value":null,"files":[{"blob":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","name":"fox.png","media_type":"image/png","size_bytes":80}]}],"previews":[],"logs":[],"logs_left_out":0,"metrics":{"queue_s":null,"setup_s":null,"run_s":null,"total_s":1.5},"error":null,"recipe":{"gesso":"0.1.0","model":"dream","model_name":"dream","model_digest":"","spec_digest":"","command":"run","inputs":{"photo":{"blob":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","name":"fox.png","media_type":"image/png","size_bytes":80},"words":"a fox"},"inputs_left_out":[],"options":{},"seed":4,"requirements":[],"versions":{},"outputs":{"picture":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"},"schema_version":1}}');
INSERT INTO "jobs" VALUES('01m81sdzgd1x9gv0010tz7xk8h','queued','prediction',0,'d54b674b020fefc30b54c82d99da896e510e550fde2753842958cfb73ff30e13','second',NULL,NULL,NULL,'second  run','{"id":"01m81sdzgd1x9gv0010tz7xk8h","kind":"prediction","status":"queued","model":"second","model_title":"","model_digest":"","command":"run","inputs":{},"options":{},"device":"auto","seed":5,"priority":"interactive","idempotency_key":null,"deadline_s":null,"parent_id":null,"child_ids":[],"retry_of":null,"created_at":"2026-11-22T14:00:00Z","started_at":null,"completed_at":null,"queue_position":null,"progress":0.0,"progress_text":"","outputs":[],"previews":[],"logs":[],"logs_left_out":0,"metrics":{"queue_s":null,"setup_s":null,"run_s":null,"total_s":null},"error":null,"recipe":null}');
CREATE TABLE predictions (
	id VARCHAR(26) NOT NULL, 
	deployment VARCHAR(63) NOT NULL, 
	token_id VARCHAR(26), 
	name VARCHAR(255), 
	is_open BOOLEAN NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(id) REFERENCES jobs (id) ON DELETE CASCADE, 
	FOREIGN KEY(deployment) REFERENCES deployments (name) ON DELETE CASCADE
);
INSERT INTO "predictions" VALUES('01m81sdzeqdas2y39yhq1776xg','poet','01m81sdzeqdas2y39yhq1776xh','mine',0,'{"id": "01m81sdzeqdas2y39yhq1776xg", "deployment": "poet", "release": 1, "token_id": "01m81sdzeqdas2y39yhq1776xh", "name": "mine", "protocol": "cog", "outputs": {"output": "plain"}, "is_settled": true}');
CREATE INDEX jobs_by_status ON jobs (status, rank, id);
CREATE INDEX jobs_by_parent ON jobs (parent_id, id);
CREATE INDEX jobs_by_model ON jobs (model, id);
CREATE INDEX job_blobs_by_digest ON job_blobs (digest);
CREATE INDEX deployment_blobs_by_digest ON deployment_blobs (digest);
CREATE INDEX deployment_tokens_by_deployment ON deployment_tokens (deployment, id);
CREATE INDEX deployment_log_by_deployment ON deployment_log (deployment, id);
CREATE INDEX predictions_by_token ON predictions (token_id, id);
CREATE INDEX predictions_by_name ON predictions (deployment, name);
CREATE INDEX predictions_open ON predictions (is_open, id);
CREATE INDEX guest_files_by_digest ON guest_files (digest);
CREATE INDEX guest_files_by_token ON guest_files (token_id, id);
CREATE TABLE datasets (
	digest VARCHAR(64) NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	document TEXT NOT NULL, 
	PRIMARY KEY (digest), 
	UNIQUE (name)
);
INSERT INTO datasets VALUES('cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc','snow','{"digest":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","name":"snow","created_at":"2026-11-22T20:00:00+00:00","files":[{"name":"snow.txt","size_bytes":1200}],"documents":1,"characters":1200,"words":240,"bytes":1200,"heldout_characters":300,"lengths":{"shortest":1200,"median":1200,"mean":1200.0,"longest":1200,"up_to":[100],"counts":[0,1]},"encodings":{"UTF-8":1},"columns":[],"left_out":[],"remarks":[]}');
COMMIT;
