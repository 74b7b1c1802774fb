BEGIN TRANSACTION;
CREATE TABLE absences (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	cohort_id INTEGER DEFAULT '0' NOT NULL, 
	first DATE NOT NULL, 
	last DATE, 
	at DATETIME NOT NULL, 
	CONSTRAINT absences_pkey PRIMARY KEY (id), 
	CONSTRAINT absences_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
INSERT INTO "absences" VALUES(1,2,0,'2026-01-14','2026-01-15','2026-01-14 11:58:00.000000');
CREATE TABLE accounts (
	id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	platform VARCHAR(20) NOT NULL, 
	tenant VARCHAR(64) NOT NULL, 
	native VARCHAR(64) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	zone VARCHAR(64), 
	met_at DATETIME NOT NULL, 
	CONSTRAINT accounts_pkey PRIMARY KEY (id), 
	CONSTRAINT accounts_person_id_fkey FOREIGN KEY(person_id) REFERENCES persons (id) ON DELETE CASCADE, 
	CONSTRAINT accounts_platform_tenant_native_key UNIQUE (platform, tenant, native)
);
INSERT INTO "accounts" VALUES(1,1,'discord','','1456074443980800024','Mona',NULL,'2026-01-01 00:00:00.000000');
INSERT INTO "accounts" VALUES(2,2,'discord','','1456074443980800025','Ada',NULL,'2026-01-01 00:00:00.000000');
INSERT INTO "accounts" VALUES(3,3,'slack','T0HALL','U0MONA','mona','Europe/London','2026-01-01 00:00:00.000000');
INSERT INTO "accounts" VALUES(4,4,'slack','T0HALL','U0BOB','bob','Europe/London','2026-01-01 00:00:00.000000');
INSERT INTO "accounts" VALUES(5,5,'discord','','1456074443980800027','Cy',NULL,'2026-01-08 12:00:00.000000');
INSERT INTO "accounts" VALUES(6,5,'slack','T0HALL','U0CY','cy','Europe/London','2026-01-08 12:00:00.000000');
INSERT INTO "accounts" VALUES(7,6,'discord','','1456074443980800026','Bob',NULL,'2026-01-14 11:58:00.000000');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0007');
CREATE TABLE answers (
	once VARCHAR(120) NOT NULL, 
	account_id INTEGER NOT NULL, 
	answer TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT answers_pkey PRIMARY KEY (once), 
	CONSTRAINT answers_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
INSERT INTO "answers" VALUES('discord::1456074443980800028',1,'{"blocks":[{"body":"**spring** is a draft on **AI/ML engineer in twelve weeks**: 12 weeks in this channel.\nWeek 1 starts on Mon 5 Jan 2026, posts come at 09:00 UTC time, and it ends on Mon 30 Mar 2026.\nNo zone was named, so it keeps UTC: `cohort reschedule zone=` changes that.\nNobody has been told. Look at the timeline, then open it for people to join.","block":"text"},{"buttons":[{"label":"The weeks","says":"roadmap show cohort=#1","style":"plain"},{"label":"Fit it anew","says":"cohort fit cohort=#1","style":"plain"},{"label":"Change the dates","says":"cohort reschedule cohort=#1","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#1","style":"plain"},{"label":"Open it","says":"cohort open cohort=#1","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('discord::1456074443980800030',1,'{"blocks":[{"body":"**spring** would be open for people to join.","block":"text"},{"body":"**Everybody will read:**","block":"text"},{"body":"**spring** is open: 12 weeks together, starting on <1767603600|Mon 5 Jan 2026, 09:00>. Everybody is welcome.","block":"text"},{"body":"Nothing has changed yet.","block":"text"},{"buttons":[{"label":"Open it","says":"cohort open cohort=#1 sure=15ca41cd","style":"plain"}],"block":"buttons"},{"buttons":[{"label":"Timeline","says":"cohort timeline cohort=#1","style":"plain"}],"block":"buttons"}],"title":"A preview","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('discord::1456074443980800032',1,'{"blocks":[{"body":"**spring** is open, and I have invited everybody here. I take it from now on. The next post is _Starts soon_ on <1767430800|Sat 3 Jan 2026, 09:00>.","block":"text"},{"buttons":[{"label":"Join it yourself","says":"join cohort=#1","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#1","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('discord::1456074443980800034',2,'{"blocks":[{"body":"You are in **spring** 🎉\nIt starts on Mon 5 Jan 2026 and takes 12 weeks.\nThe next post comes on <1767430800|Sat 3 Jan 2026, 09:00 (UTC time)>.","block":"text"},{"buttons":[{"label":"The whole plan","says":"roadmap show cohort=#1","style":"primary"},{"label":"Set my time zone","says":"settings ask=times","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('discord::1456074443980800037',1,'','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000002',3,'{"blocks":[{"body":"**spring** lives in this channel now, and still on Discord. What was posted before is not posted again; I have invited everybody here. The next post is _Starts soon_ on <1767430800|Sat 3 Jan 2026, 09:00>.","block":"text"},{"buttons":[{"label":"Join it yourself","says":"join cohort=#1","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#1","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000011',4,'{"blocks":[{"body":"You are in **spring** 🎉\nIt starts on Mon 5 Jan 2026 and takes 12 weeks.\nThe next post comes on <1767430800|Sat 3 Jan 2026, 09:00>.","block":"text"},{"buttons":[{"label":"The whole plan","says":"roadmap show cohort=#1","style":"primary"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('discord::1456074443980800040',1,'{"blocks":[{"body":"Saved. **spring** has a call every Wednesday, day 3 of the week.\nIt begins at 19:00 UTC time and takes 60 minutes: Hall.\nThe next one is on <1767812400|Wed 7 Jan 2026, 19:00>; the weekly topics name it.","block":"text"},{"buttons":[{"label":"Change it","says":"cohort call cohort=#1 ask=yes","style":"plain"},{"label":"No call any more","says":"cohort call cohort=#1 off=yes","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#1","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000020',3,'{"blocks":[{"body":"Saved. The next post is _Starts soon_ on <1767430800|Sat 3 Jan 2026, 09:00>.","block":"text"},{"body":"When a week is over: how it went, the board and the honours.\nNow: day 6 of the week that follows, 17:00.","block":"text"},{"buttons":[{"label":"Switch off","says":"cohort settings cohort=#1 post=recap on=no","style":"plain"},{"label":"Another day or time","says":"cohort settings cohort=#1 post=recap ask=post","style":"plain"},{"label":"The usual day and time","says":"cohort settings cohort=#1 post=recap usual=yes","style":"plain"},{"label":"All posts","says":"cohort settings cohort=#1","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#1","style":"plain"}],"block":"buttons"}],"title":"Weekly recap","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000032',3,'{"blocks":[{"body":"Saved. The next post is _Starts soon_ on <1767430800|Sat 3 Jan 2026, 09:00>.","block":"text"},{"body":"In the middle of the week, if somebody has not begun yet.\nNow: off.","block":"text"},{"buttons":[{"label":"Switch on","says":"cohort settings cohort=#1 post=nudge on=yes","style":"plain"},{"label":"All posts","says":"cohort settings cohort=#1","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#1","style":"plain"}],"block":"buttons"}],"title":"Mid-week nudge","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000042',3,'{"blocks":[{"body":"**spring** has a break, Mon 9 Feb 2026 to Sun 15 Feb 2026. Everybody has been told.","block":"text"},{"body":"Week 6 moves from Mon 9 Feb 2026 to Mon 16 Feb 2026, and the weeks after it move along. It ends on Mon 6 Apr 2026 instead of Mon 30 Mar 2026. The next post is _Starts soon_ on <1767430800|Sat 3 Jan 2026, 09:00>.","block":"text"},{"buttons":[{"label":"Timeline","says":"cohort timeline cohort=#1","style":"plain"},{"label":"Take it out again","says":"cohort break cohort=#1 first=2026-02-09 remove=yes","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000052',3,'{"blocks":[{"body":"**later** is a draft on **AI/ML engineer in twelve weeks**: 12 weeks in this channel.\nWeek 1 starts on Mon 2 Mar 2026, posts come at 09:00 Europe/London time, and it ends on Mon 25 May 2026.\nNobody has been told. Look at the timeline, then open it for people to join.","block":"text"},{"buttons":[{"label":"The weeks","says":"roadmap show cohort=#2","style":"plain"},{"label":"Fit it anew","says":"cohort fit cohort=#2","style":"plain"},{"label":"Change the dates","says":"cohort reschedule cohort=#2","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#2","style":"plain"},{"label":"Open it","says":"cohort open cohort=#2","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000061',3,'{"blocks":[{"body":"**later** is open, and I have invited everybody here. I take it from now on. The next post is _Starts soon_ on <1772269200|Sat 28 Feb 2026, 09:00>.","block":"text"},{"buttons":[{"label":"Join it yourself","says":"join cohort=#2","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#2","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000070',3,'{"blocks":[{"body":"**draft** is a draft on **AI/ML engineer in twelve weeks**: 12 weeks in this channel.\nWeek 1 starts on Mon 6 Apr 2026, posts come at 09:00 Europe/London time, and it ends on Mon 29 Jun 2026.\nNobody has been told. Look at the timeline, then open it for people to join.","block":"text"},{"buttons":[{"label":"The weeks","says":"roadmap show cohort=#3","style":"plain"},{"label":"Fit it anew","says":"cohort fit cohort=#3","style":"plain"},{"label":"Change the dates","says":"cohort reschedule cohort=#3","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#3","style":"plain"},{"label":"Open it","says":"cohort open cohort=#3","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000079',3,'{"blocks":[{"body":"**over** is a draft on **AI/ML engineer in twelve weeks**: 12 weeks in this channel.\nWeek 1 starts on Fri 2 Jan 2026, posts come at 09:00 Europe/London time, and it ends on Fri 27 Mar 2026.\nNobody has been told. Look at the timeline, then open it for people to join.","block":"text"},{"buttons":[{"label":"The weeks","says":"roadmap show cohort=#4","style":"plain"},{"label":"Fit it anew","says":"cohort fit cohort=#4","style":"plain"},{"label":"Change the dates","says":"cohort reschedule cohort=#4","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#4","style":"plain"},{"label":"Open it","says":"cohort open cohort=#4","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000088',3,'{"blocks":[{"body":"**over** is open, and I have invited everybody here. I take it from now on. The next post is _Kick-off_ on <1767344400|Fri 2 Jan 2026, 09:00>.","block":"text"},{"buttons":[{"label":"Join it yourself","says":"join cohort=#4","style":"plain"},{"label":"Timeline","says":"cohort timeline cohort=#4","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('discord::1456074443980800043',1,'{"blocks":[{"body":"**Cy** may now manage all cohorts here.","block":"text"},{"body":"They find buttons for all of it in `help`. To have the commands shown to them as well: Server Settings → Integrations → Syllabot → choose the command → add the person.","block":"text"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('discord::596',1,'{"blocks":[{"body":"**Rust together** has 3 weeks, 1 stage, 5 items.\nIt would be a new roadmap here, called `rust`.","block":"text"},{"body":"Nothing has been published yet: it waits a day for you.","block":"text"},{"buttons":[{"label":"Publish it","says":"roadmap publish number=1 over=0","style":"plain"},{"label":"Leave it","says":"roadmap publish number=1 leave=yes","style":"plain"}],"block":"buttons"}],"title":"A plan, read","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('discord::1456074443980800045',1,'{"blocks":[{"body":"**Rust together** is published as version 1 of `rust`.\nNew groups can take it: `cohort create roadmap=rust`.","block":"text"},{"buttons":[{"label":"A new cohort","says":"cohort create roadmap=rust","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000');
INSERT INTO "answers" VALUES('discord::1458792352972800000',5,'','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000134',6,'{"blocks":[{"body":"You and **Cy** on Discord are one person now 🔗 Ticks, check-ins, days away and settings are read together.","block":"text"},{"body":"If **Cy** on Discord is not you, part at once: nothing is lost by it.","block":"text"},{"buttons":[{"label":"Unlink","says":"unlink","style":"primary"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('discord::1458792352972800002',5,'{"blocks":[{"body":"You are in **spring** 🎉\nIt is in week 1 of 12: **Basics of linear algebra and statistics**.\nThe next post comes on <1767949200|Fri 9 Jan 2026, 09:00 (UTC time)>.","block":"text"},{"buttons":[{"label":"This week''s list","says":"week cohort=#1","style":"primary"},{"label":"The whole plan","says":"roadmap show cohort=#1","style":"plain"},{"label":"Set my time zone","says":"settings ask=times","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('discord::1458792352972800005',5,'{"blocks":[{"body":"Saved.","block":"text"},{"facts":[{"name":"Time zone","value":"not set: the cohort''s"},{"name":"Reminders","value":"at 19:00, 2 a week at most, by private message"},{"name":"Quiet hours","value":"23:00-07:00"},{"name":"Name","value":"Cyan"},{"name":"Boards","value":"spring: shown as Cyan"}],"block":"fields"},{"buttons":[{"label":"Times and reminders","says":"settings ask=times","style":"primary"},{"label":"Name and privacy","says":"settings ask=privacy","style":"plain"}],"block":"buttons"}],"title":"Your settings","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('discord::1458792352972800007',5,'{"blocks":[{"body":"**A chatbot** is among what you have built.","block":"text"},{"buttons":[{"label":"All projects","says":"project list cohort=#1","style":"primary"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('discord::1458792352972800009',5,'{"blocks":[{"body":"**A course** is among what you have earned.","block":"text"},{"buttons":[{"label":"All certificates","says":"certificate list cohort=#1","style":"primary"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('discord::1458792352972800011',2,'{"blocks":[{"body":"Ticked **Vectors, matrices and how to calculate with them**.\n1 of 5 of this week done.","block":"text"},{"label":"Your list: tick or untick","says":"tick cohort=#1 week=linear-algebra page=1 seen=e1d7b106","name":"item","choices":[{"label":"Vectors, matrices and how to calculate with them","value":"vectors-matrices","note":"topic: vectors, matrices, matrix operations","chosen":true},{"label":"First steps in probability, up to Bayes’ theorem","value":"bayes","note":"topic: Bayes’ theorem, conditional probability","chosen":false},{"label":"Describing data with a few numbers","value":"descriptive-stats","note":"topic: mean, median, standard deviation","chosen":false},{"label":"Write vector and matrix operations with NumPy","value":"numpy-matrices","note":"practice","chosen":false},{"label":"Work out basic statistics for a few datasets","value":"dataset-stats","note":"practice","chosen":false}],"private":true,"block":"checklist"},{"buttons":[{"label":"Check in","says":"checkin week=linear-algebra cohort=#1","style":"primary"},{"label":"My progress","says":"progress cohort=#1","style":"plain"}],"block":"buttons"}],"title":"Week 1: Basics of linear algebra and statistics","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('discord::1458792352972800013',2,'{"blocks":[{"body":"Thank you, you are checked in for **week 1**: 1 of 5 items done.","block":"text"},{"buttons":[{"label":"My progress","says":"progress cohort=#1","style":"primary"},{"label":"Edit","says":"checkin week=linear-algebra cohort=#1","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000141',4,'{"blocks":[{"body":"Thank you, you are checked in for **week 1**: 0 of 5 items done. What is in your way is noted for the moderators.","block":"text"},{"buttons":[{"label":"My progress","says":"progress cohort=#1","style":"primary"},{"label":"Edit","says":"checkin week=linear-algebra cohort=#1","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000149',4,'{"blocks":[{"body":"Saved.","block":"text"},{"facts":[{"name":"Time zone","value":"Europe/Berlin, where it is 13:00"},{"name":"Reminders","value":"at 18:00, 1 a week at most, by private message"},{"name":"Quiet hours","value":"22:00-08:00"},{"name":"Name","value":"bob"},{"name":"Boards","value":"spring: shown as bob"}],"block":"fields"},{"buttons":[{"label":"Times and reminders","says":"settings ask=times","style":"primary"},{"label":"Name and privacy","says":"settings ask=privacy","style":"plain"}],"block":"buttons"}],"title":"Your settings","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('discord::1458792352972800015',2,'{"blocks":[{"body":"Saved.","block":"text"},{"facts":[{"name":"Time zone","value":"Asia/Kolkata, where it is 17:30"},{"name":"Reminders","value":"at 18:00, 1 a week at most, by private message"},{"name":"Quiet hours","value":"22:00-08:00"},{"name":"Name","value":"Ada"},{"name":"Boards","value":"spring: shown as Ada"}],"block":"fields"},{"buttons":[{"label":"Times and reminders","says":"settings ask=times","style":"primary"},{"label":"Name and privacy","says":"settings ask=privacy","style":"plain"}],"block":"buttons"}],"title":"Your settings","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000158',3,'{"blocks":[{"body":"**over** has finished. The finale comes right now; ticks and check-ins still count.","block":"text"},{"buttons":[{"label":"Timeline","says":"cohort timeline cohort=#4","style":"plain"},{"label":"Archive it","says":"cohort archive cohort=#4","style":"plain"},{"label":"Start it again","says":"cohort start cohort=#4 again=yes","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-08 12:00:00.000000');
INSERT INTO "answers" VALUES('discord::1460966176849920000',2,'{"blocks":[{"body":"You are away until the end of Thu 15 Jan 2026. Nobody will remind you, and your streak waits.","block":"text"},{"buttons":[{"label":"I am back","says":"away back=yes","style":"primary"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-14 11:58:00.000000');
INSERT INTO "answers" VALUES('discord::1460966176849920002',2,'{"blocks":[{"body":"Ticked **Derivatives, ordinary and partial**.\n1 of 5 of this week done.","block":"text"},{"label":"Your list: tick or untick","says":"tick cohort=#1 week=optimization page=1 seen=460ed6ee","name":"item","choices":[{"label":"Derivatives, ordinary and partial","value":"derivatives","note":"topic: derivatives, partial derivatives","chosen":true},{"label":"How the gradient descent algorithm works","value":"gradient-descent","note":"topic","chosen":false},{"label":"The usual optimisation techniques","value":"optimizers","note":"topic: Adam, RMSprop, SGD","chosen":false},{"label":"Code gradient descent from scratch in Python","value":"gd-from-scratch","note":"practice","chosen":false},{"label":"Show with Matplotlib how a loss function gets minimised","value":"plot-loss","note":"practice","chosen":false}],"private":true,"block":"checklist"},{"buttons":[{"label":"Check in","says":"checkin week=optimization cohort=#1","style":"primary"},{"label":"My progress","says":"progress cohort=#1","style":"plain"}],"block":"buttons"}],"title":"Week 2: Calculus and optimisation","thread":"","event":null}','2026-01-14 11:58:00.000000');
INSERT INTO "answers" VALUES('slack:T0HALL:130000183',4,'{"blocks":[{"body":"Ticked **Derivatives, ordinary and partial**.\n1 of 5 of this week done.","block":"text"},{"label":"Your list: tick or untick","says":"tick cohort=#1 week=optimization page=1 seen=460ed6ee","name":"item","choices":[{"label":"Derivatives, ordinary and partial","value":"derivatives","note":"topic: derivatives, partial derivatives","chosen":true},{"label":"How the gradient descent algorithm works","value":"gradient-descent","note":"topic","chosen":false},{"label":"The usual optimisation techniques","value":"optimizers","note":"topic: Adam, RMSprop, SGD","chosen":false},{"label":"Code gradient descent from scratch in Python","value":"gd-from-scratch","note":"practice","chosen":false},{"label":"Show with Matplotlib how a loss function gets minimised","value":"plot-loss","note":"practice","chosen":false}],"private":true,"block":"checklist"},{"buttons":[{"label":"Check in","says":"checkin week=optimization cohort=#1","style":"primary"},{"label":"My progress","says":"progress cohort=#1","style":"plain"}],"block":"buttons"}],"title":"Week 2: Calculus and optimisation","thread":"","event":null}','2026-01-14 11:58:00.000000');
INSERT INTO "answers" VALUES('discord::1460966176849920004',2,'{"title":"Check-in, week 2","says":"checkin week=optimization cohort=#1","fields":[{"name":"items","label":"Done this week","kind":"any","required":false,"value":"","choices":[{"label":"How the gradient descent algorithm works","value":"gradient-descent","note":"","chosen":false},{"label":"The usual optimisation techniques","value":"optimizers","note":"","chosen":false},{"label":"Code gradient descent from scratch in Python","value":"gd-from-scratch","note":"","chosen":false},{"label":"Show with Matplotlib how a loss function gets minimised","value":"plot-loss","note":"","chosen":false}],"help":"Items ticked before stay ticked","longest":200,"least":null,"most":null,"problem":""},{"name":"hours","label":"Hours","kind":"number","required":false,"value":"","choices":[],"help":"About how many; leave it open if you like","longest":200,"least":0.0,"most":100.0,"problem":""},{"name":"confidence","label":"How sure do you feel?","kind":"one","required":false,"value":"","choices":[{"label":"1 · lost","value":"1","note":"","chosen":false},{"label":"2 · shaky","value":"2","note":"","chosen":false},{"label":"3 · getting there","value":"3","note":"","chosen":false},{"label":"4 · good","value":"4","note":"","chosen":false},{"label":"5 · could teach it","value":"5","note":"","chosen":false}],"help":"","longest":200,"least":null,"most":null,"problem":""},{"name":"blockers","label":"In your way","kind":"line","required":false,"value":"","choices":[],"help":"","longest":300,"least":null,"most":null,"problem":""},{"name":"note","label":"Note","kind":"text","required":false,"value":"","choices":[],"help":"","longest":2000,"least":null,"most":null,"problem":""}],"note":"Calculus and optimisation","block":"form"}','2026-01-14 11:58:00.000000');
INSERT INTO "answers" VALUES('discord::700',1,'{"blocks":[{"body":"**Rust together** has 4 weeks, 1 stage, 6 items.\nIt would be version 2 of `rust`. Beside version 1: 2 moved, 1 split, 2 new, 1 gone, 1 week new.","block":"text"},{"body":"Nothing has been published yet: it waits a day for you.","block":"text"},{"buttons":[{"label":"Publish it","says":"roadmap publish number=2 over=1","style":"plain"},{"label":"Leave it","says":"roadmap publish number=2 leave=yes","style":"plain"},{"label":"What changes","says":"roadmap publish number=2 over=1 show=changes","style":"plain"}],"block":"buttons"}],"title":"A plan, read","thread":"","event":null}','2026-01-14 11:58:00.000000');
INSERT INTO "answers" VALUES('discord::1460966176849920007',7,'{"blocks":[{"body":"You are in **spring** 🎉\nIt is in week 2 of 12: **Calculus and optimisation**.\nCovered so far: 1. Basics of linear algebra and statistics. Nobody expects you to do it all at once: begin with this week.\nThe next post comes on <1768554000|Fri 16 Jan 2026, 09:00 (UTC time)>.","block":"text"},{"buttons":[{"label":"This week''s list","says":"week cohort=#1","style":"primary"},{"label":"The whole plan","says":"roadmap show cohort=#1","style":"plain"},{"label":"Set my time zone","says":"settings ask=times","style":"plain"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-14 11:58:00.000000');
CREATE TABLE certificates (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	account_id INTEGER NOT NULL, 
	roadmap VARCHAR(64) NOT NULL, 
	certificate VARCHAR(48) DEFAULT '' NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	link VARCHAR(500) DEFAULT '' NOT NULL, 
	earned DATE NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT certificates_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
INSERT INTO "certificates" VALUES(1,5,'ai-ml-engineer-12-weeks','','A course','','2026-01-08','2026-01-08 12:00:00.000000');
CREATE TABLE checkins (
	member_id INTEGER NOT NULL, 
	week_id VARCHAR(40) NOT NULL, 
	account_id INTEGER NOT NULL, 
	hours FLOAT, 
	confidence INTEGER, 
	blockers TEXT DEFAULT '' NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	late BOOLEAN NOT NULL, 
	first_at DATETIME NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT checkins_pkey PRIMARY KEY (member_id, week_id, account_id), 
	CONSTRAINT checkins_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT checkins_member_id_fkey FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE
);
INSERT INTO "checkins" VALUES(1,'linear-algebra',2,4.0,4,'','Fine',0,'2026-01-08 12:00:00.000000','2026-01-08 12:00:00.000000');
INSERT INTO "checkins" VALUES(2,'linear-algebra',4,2.0,3,'time','',0,'2026-01-08 12:00:00.000000','2026-01-08 12:00:00.000000');
CREATE TABLE codes (
	hash VARCHAR(64) NOT NULL, 
	account_id INTEGER NOT NULL, 
	cohort_id INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT codes_pkey PRIMARY KEY (hash), 
	CONSTRAINT codes_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT codes_cohort_id_fkey FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE
);
CREATE TABLE cohorts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	space_id INTEGER NOT NULL, 
	plan_id INTEGER NOT NULL, 
	name VARCHAR(40) NOT NULL, 
	roadmap VARCHAR(64) NOT NULL, 
	syllabus JSON NOT NULL, 
	start DATE NOT NULL, 
	zone VARCHAR(64) NOT NULL, 
	at TIME NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	edition INTEGER DEFAULT '1' NOT NULL, 
	seats INTEGER, 
	breaks JSON NOT NULL, 
	posts JSON NOT NULL, 
	looked_at DATETIME, 
	next_due_at DATETIME, 
	made_by INTEGER, 
	made_at DATETIME NOT NULL, threads BOOLEAN DEFAULT 0 NOT NULL, call JSON, 
	CONSTRAINT cohorts_made_by_fkey FOREIGN KEY(made_by) REFERENCES accounts (id) ON DELETE SET NULL, 
	CONSTRAINT cohorts_plan_id_fkey FOREIGN KEY(plan_id) REFERENCES plans (id) ON DELETE CASCADE, 
	CONSTRAINT cohorts_space_id_fkey FOREIGN KEY(space_id) REFERENCES spaces (id) ON DELETE CASCADE, 
	CONSTRAINT cohorts_space_id_name_key UNIQUE (space_id, name)
);
INSERT INTO "cohorts" VALUES(1,1,1,'spring','ai-ml-engineer-12-weeks','[{"id": "linear-algebra", "title": "Basics of linear algebra and statistics", "items": ["vectors-matrices", "bayes", "descriptive-stats", "numpy-matrices", "dataset-stats"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "optimization", "title": "Calculus and optimisation", "items": ["derivatives", "gradient-descent", "optimizers", "gd-from-scratch", "plot-loss"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "python-for-ml", "title": "Python for machine learning", "items": ["python-basics", "numpy-pandas", "matplotlib-seaborn", "explore-with-pandas", "first-charts"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "exploratory-analysis", "title": "Exploratory data analysis (EDA)", "items": ["data-cleaning", "features-scaling", "data-transformation", "eda-real-data", "preprocess-features"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "supervised-learning", "title": "Supervised learning algorithms", "items": ["regression", "classification", "regressions-from-scratch", "sklearn-models"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "model-evaluation", "title": "Model evaluation and hyperparameter tuning", "items": ["overfitting", "cross-validation", "metrics", "cross-validate-models", "grid-search-cv"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "unsupervised-learning", "title": "Unsupervised learning algorithms", "items": ["clustering", "dimensionality-reduction", "kmeans-clusters", "pca-reduction"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "feature-engineering", "title": "Feature selection and feature engineering", "items": ["feature-selection", "categorical-text-data", "encodings", "engineer-features", "try-encodings"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "intro-deep-learning", "title": "Introduction to deep learning", "items": ["neural-networks", "backpropagation", "tensorflow-keras", "feedforward-network", "train-mnist"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "convolutional-networks", "title": "Convolutional neural networks (CNNs)", "items": ["cnn-architecture", "pooling-dropout", "transfer-learning", "cnn-image-classifier", "reuse-pretrained"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "deployment-mlops", "title": "Model deployment and the basics of MLOps", "items": ["model-serialization", "flask-fastapi", "ml-ci-cd", "rest-api", "mlflow-pipeline"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "final-project", "title": "Final project: an AI system from end to end", "items": ["combine-ml-dl", "review-eval-deploy", "real-world-system", "cloud-deploy"], "stage": "Month 3: Deep learning and deployment", "kind": "capstone"}]','2026-01-05','UTC','09:00:00.000000','running',1,20,'[["2026-02-09", "2026-02-15"]]','{"recap": {"on": true, "day": 5, "at": "17:00:00"}, "nudge": {"on": false, "day": null, "at": null}}','2026-01-12 09:00:00.000000','2026-01-16 09:00:00.000000',1,'2026-01-01 00:00:00.000000',0,'{"day": 2, "at": "19:00:00", "minutes": 60, "where": "Hall"}');
INSERT INTO "cohorts" VALUES(2,2,1,'later','ai-ml-engineer-12-weeks','[{"id": "linear-algebra", "title": "Basics of linear algebra and statistics", "items": ["vectors-matrices", "bayes", "descriptive-stats", "numpy-matrices", "dataset-stats"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "optimization", "title": "Calculus and optimisation", "items": ["derivatives", "gradient-descent", "optimizers", "gd-from-scratch", "plot-loss"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "python-for-ml", "title": "Python for machine learning", "items": ["python-basics", "numpy-pandas", "matplotlib-seaborn", "explore-with-pandas", "first-charts"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "exploratory-analysis", "title": "Exploratory data analysis (EDA)", "items": ["data-cleaning", "features-scaling", "data-transformation", "eda-real-data", "preprocess-features"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "supervised-learning", "title": "Supervised learning algorithms", "items": ["regression", "classification", "regressions-from-scratch", "sklearn-models"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "model-evaluation", "title": "Model evaluation and hyperparameter tuning", "items": ["overfitting", "cross-validation", "metrics", "cross-validate-models", "grid-search-cv"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "unsupervised-learning", "title": "Unsupervised learning algorithms", "items": ["clustering", "dimensionality-reduction", "kmeans-clusters", "pca-reduction"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "feature-engineering", "title": "Feature selection and feature engineering", "items": ["feature-selection", "categorical-text-data", "encodings", "engineer-features", "try-encodings"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "intro-deep-learning", "title": "Introduction to deep learning", "items": ["neural-networks", "backpropagation", "tensorflow-keras", "feedforward-network", "train-mnist"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "convolutional-networks", "title": "Convolutional neural networks (CNNs)", "items": ["cnn-architecture", "pooling-dropout", "transfer-learning", "cnn-image-classifier", "reuse-pretrained"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "deployment-mlops", "title": "Model deployment and the basics of MLOps", "items": ["model-serialization", "flask-fastapi", "ml-ci-cd", "rest-api", "mlflow-pipeline"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "final-project", "title": "Final project: an AI system from end to end", "items": ["combine-ml-dl", "review-eval-deploy", "real-world-system", "cloud-deploy"], "stage": "Month 3: Deep learning and deployment", "kind": "capstone"}]','2026-03-02','Europe/London','09:00:00.000000','open',1,9,'[]','{}','2026-01-01 00:00:00.000000','2026-02-28 09:00:00.000000',3,'2026-01-01 00:00:00.000000',0,'null');
INSERT INTO "cohorts" VALUES(3,2,1,'draft','ai-ml-engineer-12-weeks','[{"id": "linear-algebra", "title": "Basics of linear algebra and statistics", "items": ["vectors-matrices", "bayes", "descriptive-stats", "numpy-matrices", "dataset-stats"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "optimization", "title": "Calculus and optimisation", "items": ["derivatives", "gradient-descent", "optimizers", "gd-from-scratch", "plot-loss"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "python-for-ml", "title": "Python for machine learning", "items": ["python-basics", "numpy-pandas", "matplotlib-seaborn", "explore-with-pandas", "first-charts"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "exploratory-analysis", "title": "Exploratory data analysis (EDA)", "items": ["data-cleaning", "features-scaling", "data-transformation", "eda-real-data", "preprocess-features"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "supervised-learning", "title": "Supervised learning algorithms", "items": ["regression", "classification", "regressions-from-scratch", "sklearn-models"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "model-evaluation", "title": "Model evaluation and hyperparameter tuning", "items": ["overfitting", "cross-validation", "metrics", "cross-validate-models", "grid-search-cv"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "unsupervised-learning", "title": "Unsupervised learning algorithms", "items": ["clustering", "dimensionality-reduction", "kmeans-clusters", "pca-reduction"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "feature-engineering", "title": "Feature selection and feature engineering", "items": ["feature-selection", "categorical-text-data", "encodings", "engineer-features", "try-encodings"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "intro-deep-learning", "title": "Introduction to deep learning", "items": ["neural-networks", "backpropagation", "tensorflow-keras", "feedforward-network", "train-mnist"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "convolutional-networks", "title": "Convolutional neural networks (CNNs)", "items": ["cnn-architecture", "pooling-dropout", "transfer-learning", "cnn-image-classifier", "reuse-pretrained"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "deployment-mlops", "title": "Model deployment and the basics of MLOps", "items": ["model-serialization", "flask-fastapi", "ml-ci-cd", "rest-api", "mlflow-pipeline"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "final-project", "title": "Final project: an AI system from end to end", "items": ["combine-ml-dl", "review-eval-deploy", "real-world-system", "cloud-deploy"], "stage": "Month 3: Deep learning and deployment", "kind": "capstone"}]','2026-04-06','Europe/London','09:00:00.000000','draft',1,NULL,'[]','{}',NULL,NULL,3,'2026-01-01 00:00:00.000000',0,NULL);
INSERT INTO "cohorts" VALUES(4,2,1,'over','ai-ml-engineer-12-weeks','[{"id": "linear-algebra", "title": "Basics of linear algebra and statistics", "items": ["vectors-matrices", "bayes", "descriptive-stats", "numpy-matrices", "dataset-stats"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "optimization", "title": "Calculus and optimisation", "items": ["derivatives", "gradient-descent", "optimizers", "gd-from-scratch", "plot-loss"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "python-for-ml", "title": "Python for machine learning", "items": ["python-basics", "numpy-pandas", "matplotlib-seaborn", "explore-with-pandas", "first-charts"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "exploratory-analysis", "title": "Exploratory data analysis (EDA)", "items": ["data-cleaning", "features-scaling", "data-transformation", "eda-real-data", "preprocess-features"], "stage": "Month 1: Foundations in mathematics and Python for ML", "kind": "normal"}, {"id": "supervised-learning", "title": "Supervised learning algorithms", "items": ["regression", "classification", "regressions-from-scratch", "sklearn-models"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "model-evaluation", "title": "Model evaluation and hyperparameter tuning", "items": ["overfitting", "cross-validation", "metrics", "cross-validate-models", "grid-search-cv"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "unsupervised-learning", "title": "Unsupervised learning algorithms", "items": ["clustering", "dimensionality-reduction", "kmeans-clusters", "pca-reduction"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "feature-engineering", "title": "Feature selection and feature engineering", "items": ["feature-selection", "categorical-text-data", "encodings", "engineer-features", "try-encodings"], "stage": "Month 2: The core of machine learning", "kind": "normal"}, {"id": "intro-deep-learning", "title": "Introduction to deep learning", "items": ["neural-networks", "backpropagation", "tensorflow-keras", "feedforward-network", "train-mnist"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "convolutional-networks", "title": "Convolutional neural networks (CNNs)", "items": ["cnn-architecture", "pooling-dropout", "transfer-learning", "cnn-image-classifier", "reuse-pretrained"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "deployment-mlops", "title": "Model deployment and the basics of MLOps", "items": ["model-serialization", "flask-fastapi", "ml-ci-cd", "rest-api", "mlflow-pipeline"], "stage": "Month 3: Deep learning and deployment", "kind": "normal"}, {"id": "final-project", "title": "Final project: an AI system from end to end", "items": ["combine-ml-dl", "review-eval-deploy", "real-world-system", "cloud-deploy"], "stage": "Month 3: Deep learning and deployment", "kind": "capstone"}]','2026-01-02','Europe/London','09:00:00.000000','finished',1,NULL,'[["2026-01-08", null]]','{}','2026-01-08 12:00:00.000000',NULL,3,'2026-01-01 00:00:00.000000',0,'null');
CREATE TABLE drafts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	account_id INTEGER NOT NULL, 
	form TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT drafts_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
INSERT INTO "drafts" VALUES(1,2,'{"title":"Check-in, week 2","says":"checkin week=optimization cohort=#1","fields":[{"name":"items","label":"Done this week","kind":"any","required":false,"value":"","choices":[{"label":"How the gradient descent algorithm works","value":"gradient-descent","note":"","chosen":false},{"label":"The usual optimisation techniques","value":"optimizers","note":"","chosen":false},{"label":"Code gradient descent from scratch in Python","value":"gd-from-scratch","note":"","chosen":false},{"label":"Show with Matplotlib how a loss function gets minimised","value":"plot-loss","note":"","chosen":false}],"help":"Items ticked before stay ticked","longest":200,"least":null,"most":null,"problem":""},{"name":"hours","label":"Hours","kind":"number","required":false,"value":"many","choices":[],"help":"About how many; leave it open if you like","longest":200,"least":0.0,"most":100.0,"problem":"“many” is no number I can use for **hours**: give it like 2.5."},{"name":"confidence","label":"How sure do you feel?","kind":"one","required":false,"value":"","choices":[{"label":"1 · lost","value":"1","note":"","chosen":false},{"label":"2 · shaky","value":"2","note":"","chosen":false},{"label":"3 · getting there","value":"3","note":"","chosen":false},{"label":"4 · good","value":"4","note":"","chosen":false},{"label":"5 · could teach it","value":"5","note":"","chosen":false}],"help":"","longest":200,"least":null,"most":null,"problem":""},{"name":"blockers","label":"In your way","kind":"line","required":false,"value":"","choices":[],"help":"","longest":300,"least":null,"most":null,"problem":""},{"name":"note","label":"Note","kind":"text","required":false,"value":"Fine","choices":[],"help":"","longest":2000,"least":null,"most":null,"problem":""}],"note":"Calculus and optimisation","block":"form"}','2026-01-14 11:58:00.000000');
CREATE TABLE events (
	letter_id INTEGER NOT NULL, 
	space_id INTEGER NOT NULL, 
	title VARCHAR(100) DEFAULT '' NOT NULL, 
	starts DATETIME, 
	ends DATETIME, 
	place VARCHAR(100) DEFAULT '' NOT NULL, 
	off BOOLEAN DEFAULT 0 NOT NULL, 
	native VARCHAR(80) DEFAULT '' NOT NULL, 
	state VARCHAR(10) DEFAULT 'idle' NOT NULL, 
	due_at DATETIME, 
	tries INTEGER DEFAULT '0' NOT NULL, 
	changes INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT events_pkey PRIMARY KEY (letter_id), 
	CONSTRAINT events_letter_id_fkey FOREIGN KEY(letter_id) REFERENCES letters (id) ON DELETE CASCADE, 
	CONSTRAINT events_space_id_fkey FOREIGN KEY(space_id) REFERENCES spaces (id) ON DELETE CASCADE
);
INSERT INTO "events" VALUES(17,1,'spring: week 1 call','2026-01-07 19:00:00.000000','2026-01-07 20:00:00.000000','Hall',0,'1457659890892800002','idle',NULL,0,0);
INSERT INTO "events" VALUES(18,2,'spring: week 1 call','2026-01-07 19:00:00.000000','2026-01-07 20:00:00.000000','Hall',0,'','idle',NULL,0,0);
INSERT INTO "events" VALUES(32,1,'spring: week 2 call','2026-01-14 19:00:00.000000','2026-01-14 20:00:00.000000','Hall',0,'1460196605952000001','idle',NULL,0,0);
INSERT INTO "events" VALUES(33,2,'spring: week 2 call','2026-01-14 19:00:00.000000','2026-01-14 20:00:00.000000','Hall',0,'','idle',NULL,0,0);
CREATE TABLE grants (
	id INTEGER NOT NULL, 
	space_id INTEGER NOT NULL, 
	kind VARCHAR(10) NOT NULL, 
	native VARCHAR(64) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	"by" INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT grants_pkey PRIMARY KEY (id), 
	CONSTRAINT grants_by_fkey FOREIGN KEY("by") REFERENCES accounts (id) ON DELETE SET NULL, 
	CONSTRAINT grants_space_id_fkey FOREIGN KEY(space_id) REFERENCES spaces (id) ON DELETE CASCADE, 
	CONSTRAINT grants_space_id_kind_native_key UNIQUE (space_id, kind, native)
);
INSERT INTO "grants" VALUES(1,1,'person','1456074443980800027','Cy',1,'2026-01-01 00:00:00.000000');
CREATE TABLE greetings (
	platform VARCHAR(20) NOT NULL, 
	tenant VARCHAR(64) NOT NULL, 
	space VARCHAR(64) NOT NULL, 
	whom VARCHAR(80) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT greetings_pkey PRIMARY KEY (platform, tenant, space, whom)
);
CREATE TABLE guesses (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT guesses_pkey PRIMARY KEY (id), 
	CONSTRAINT guesses_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
CREATE TABLE heard (
	once VARCHAR(120) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT heard_pkey PRIMARY KEY (once)
);
CREATE TABLE homes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	cohort_id INTEGER NOT NULL, 
	space_id INTEGER NOT NULL, 
	channel VARCHAR(64) NOT NULL, 
	added_by INTEGER, trouble TEXT DEFAULT '' NOT NULL, trouble_at DATETIME, named_to INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT homes_added_by_fkey FOREIGN KEY(added_by) REFERENCES accounts (id) ON DELETE SET NULL, 
	CONSTRAINT homes_cohort_id_fkey FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT homes_space_id_fkey FOREIGN KEY(space_id) REFERENCES spaces (id) ON DELETE CASCADE, 
	CONSTRAINT homes_cohort_id_space_id_channel_key UNIQUE (cohort_id, space_id, channel)
);
INSERT INTO "homes" VALUES(1,1,1,'1456074443980800022',1,'',NULL,4);
INSERT INTO "homes" VALUES(2,1,2,'C0STUDY',3,'',NULL,4);
INSERT INTO "homes" VALUES(3,2,2,'C0STUDY',3,'',NULL,2);
INSERT INTO "homes" VALUES(4,3,2,'C0STUDY',3,'',NULL,2);
INSERT INTO "homes" VALUES(5,4,2,'C0STUDY',3,'',NULL,2);
CREATE TABLE imports (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	account_id INTEGER NOT NULL, 
	space_id INTEGER NOT NULL, 
	plan_id INTEGER NOT NULL, 
	report JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT imports_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT imports_space_id_fkey FOREIGN KEY(space_id) REFERENCES spaces (id) ON DELETE CASCADE, 
	CONSTRAINT imports_plan_id_fkey FOREIGN KEY(plan_id) REFERENCES plans (id) ON DELETE CASCADE
);
INSERT INTO "imports" VALUES(2,1,1,3,'[]','2026-01-14 11:58:00.000000');
CREATE TABLE letters (
	id INTEGER NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	edition INTEGER NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	ref VARCHAR(80) NOT NULL, 
	home_id INTEGER DEFAULT '0' NOT NULL, 
	member_id INTEGER DEFAULT '0' NOT NULL, 
	message TEXT, 
	moment DATETIME NOT NULL, 
	due_at DATETIME NOT NULL, 
	tries INTEGER DEFAULT '0' NOT NULL, 
	settled INTEGER DEFAULT '0' NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	reason VARCHAR(200) DEFAULT '' NOT NULL, 
	sent_ref VARCHAR(80), 
	began_at DATETIME, 
	ended_at DATETIME, 
	CONSTRAINT letters_pkey PRIMARY KEY (id), 
	CONSTRAINT letters_cohort_id_fkey FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT letters_key UNIQUE (cohort_id, edition, kind, ref, home_id, member_id)
);
INSERT INTO "letters" VALUES(1,1,1,'announcement','open/1',1,0,'{"blocks":[{"body":"**spring** is open: 12 weeks together, starting on <1767603600|Mon 5 Jan 2026, 09:00>. Everybody is welcome.","block":"text"},{"buttons":[{"label":"Join","says":"join cohort=#1","style":"primary"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000','2026-01-01 00:02:00.000000',1,0,'sent','','1456074443980800033','2026-01-01 00:00:00.000000','2026-01-01 00:00:00.000000');
INSERT INTO "letters" VALUES(2,1,1,'new_members','1-1',1,0,NULL,'2026-01-01 00:00:00.000000','2026-01-01 00:02:00.000000',1,0,'sent','','1456074443980800036','2026-01-01 00:00:00.000000','2026-01-01 00:00:00.000000');
INSERT INTO "letters" VALUES(3,1,1,'announcement','open/1',2,0,'{"blocks":[{"body":"**spring** is open: 12 weeks together, starting on <1767603600|Mon 5 Jan 2026, 09:00>. Everybody is welcome.","block":"text"},{"buttons":[{"label":"Join","says":"join cohort=#1","style":"primary"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000','2026-01-01 00:02:00.000000',1,0,'sent','','C0STUDY:1767225600.000001','2026-01-01 00:00:00.000000','2026-01-01 00:00:00.000000');
INSERT INTO "letters" VALUES(4,1,1,'announcement','linked/1',1,0,'{"blocks":[{"body":"**spring** lives on Slack as well from now on: one cohort, one plan, one board.","block":"text"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000','2026-01-01 00:02:00.000000',1,0,'sent','','1456074443980800039','2026-01-01 00:00:00.000000','2026-01-01 00:00:00.000000');
INSERT INTO "letters" VALUES(5,1,1,'new_members','2-2',2,0,NULL,'2026-01-01 00:00:00.000000','2026-01-01 00:02:00.000000',1,0,'sent','','C0STUDY:1767225600.000003','2026-01-01 00:00:00.000000','2026-01-01 00:00:00.000000');
INSERT INTO "letters" VALUES(6,1,1,'announcement','moved/1',1,0,'{"blocks":[{"body":"**spring** has a break, Mon 9 Feb 2026 to Sun 15 Feb 2026. Week 6 moves from Mon 9 Feb 2026 to Mon 16 Feb 2026, and the weeks after it move along. It ends on Mon 6 Apr 2026 instead of Mon 30 Mar 2026. The next post is _Starts soon_ on <1767430800|Sat 3 Jan 2026, 09:00>.","block":"text"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000','2026-01-01 00:02:00.000000',1,0,'sent','','1456074443980800042','2026-01-01 00:00:00.000000','2026-01-01 00:00:00.000000');
INSERT INTO "letters" VALUES(7,1,1,'announcement','moved/1',2,0,'{"blocks":[{"body":"**spring** has a break, Mon 9 Feb 2026 to Sun 15 Feb 2026. Week 6 moves from Mon 9 Feb 2026 to Mon 16 Feb 2026, and the weeks after it move along. It ends on Mon 6 Apr 2026 instead of Mon 30 Mar 2026. The next post is _Starts soon_ on <1767430800|Sat 3 Jan 2026, 09:00>.","block":"text"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000','2026-01-01 00:02:00.000000',1,0,'sent','','C0STUDY:1767225600.000011','2026-01-01 00:00:00.000000','2026-01-01 00:00:00.000000');
INSERT INTO "letters" VALUES(8,2,1,'announcement','open/1',3,0,'{"blocks":[{"body":"**later** is open: 12 weeks together, starting on <1772442000|Mon 2 Mar 2026, 09:00>. Everybody is welcome.","block":"text"},{"buttons":[{"label":"Join","says":"join cohort=#2","style":"primary"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000','2026-01-01 00:02:00.000000',1,0,'sent','','C0STUDY:1767225600.000014','2026-01-01 00:00:00.000000','2026-01-01 00:00:00.000000');
INSERT INTO "letters" VALUES(9,4,1,'announcement','open/1',5,0,'{"blocks":[{"body":"**over** is open: 12 weeks together, starting on <1767344400|Fri 2 Jan 2026, 09:00>. Everybody is welcome.","block":"text"},{"buttons":[{"label":"Join","says":"join cohort=#4","style":"primary"}],"block":"buttons"}],"title":"","thread":"","event":null}','2026-01-01 00:00:00.000000','2026-01-01 00:02:00.000000',1,0,'sent','','C0STUDY:1767225600.000018','2026-01-01 00:00:00.000000','2026-01-01 00:00:00.000000');
INSERT INTO "letters" VALUES(10,1,1,'new_members','2-2',1,0,NULL,'2026-01-01 01:00:00.000000','2026-01-01 01:02:00.000000',1,0,'sent','','1456089543475200000','2026-01-01 01:00:00.000000','2026-01-01 01:00:00.000000');
INSERT INTO "letters" VALUES(11,4,1,'kick_off','start',5,0,NULL,'2026-01-02 09:00:00.000000','2026-01-02 09:02:00.000000',1,0,'sent','','C0STUDY:1767344400.000000','2026-01-02 09:00:00.000000','2026-01-02 09:00:00.000000');
INSERT INTO "letters" VALUES(12,4,1,'topics','linear-algebra',5,0,NULL,'2026-01-02 09:00:00.000000','2026-01-02 09:02:00.000000',1,0,'sent','','C0STUDY:1767344400.000001','2026-01-02 09:00:00.000000','2026-01-02 09:00:00.000000');
INSERT INTO "letters" VALUES(13,1,1,'starts_soon','start',1,0,NULL,'2026-01-03 09:00:00.000000','2026-01-03 09:02:00.000000',1,0,'sent','','1456935115161600000','2026-01-03 09:00:00.000000','2026-01-03 09:00:00.000000');
INSERT INTO "letters" VALUES(14,1,1,'starts_soon','start',2,0,NULL,'2026-01-03 09:00:00.000000','2026-01-03 09:02:00.000000',1,0,'sent','','C0STUDY:1767430800.000000','2026-01-03 09:00:00.000000','2026-01-03 09:00:00.000000');
INSERT INTO "letters" VALUES(15,1,1,'kick_off','start',1,0,NULL,'2026-01-05 09:00:00.000000','2026-01-05 09:02:00.000000',1,0,'sent','','1457659890892800000','2026-01-05 09:00:00.000000','2026-01-05 09:00:00.000000');
INSERT INTO "letters" VALUES(16,1,1,'kick_off','start',2,0,NULL,'2026-01-05 09:00:00.000000','2026-01-05 09:02:00.000000',1,0,'sent','','C0STUDY:1767603600.000000','2026-01-05 09:00:00.000000','2026-01-05 09:00:00.000000');
INSERT INTO "letters" VALUES(17,1,1,'topics','linear-algebra',1,0,NULL,'2026-01-05 09:00:00.000000','2026-01-05 09:02:00.000000',1,0,'sent','','1457659890892800001','2026-01-05 09:00:00.000000','2026-01-05 09:00:00.000000');
INSERT INTO "letters" VALUES(18,1,1,'topics','linear-algebra',2,0,NULL,'2026-01-05 09:00:00.000000','2026-01-05 09:02:00.000000',1,0,'sent','','C0STUDY:1767603600.000001','2026-01-05 09:00:00.000000','2026-01-05 09:00:00.000000');
INSERT INTO "letters" VALUES(19,4,1,'nudge','linear-algebra',5,0,NULL,'2026-01-05 09:00:00.000000','2026-01-05 09:02:00.000000',1,0,'skipped','nobody is there to hear it',NULL,'2026-01-05 09:00:00.000000','2026-01-05 09:00:00.000000');
INSERT INTO "letters" VALUES(20,4,1,'check_in','linear-algebra',5,0,NULL,'2026-01-06 09:00:00.000000','2026-01-06 09:02:00.000000',1,0,'skipped','nobody is there to hear it',NULL,'2026-01-06 09:00:00.000000','2026-01-06 09:00:00.000000');
INSERT INTO "letters" VALUES(21,1,1,'new_members','3-3',1,0,NULL,'2026-01-08 12:00:00.000000','2026-01-08 12:02:00.000000',1,0,'sent','','1458792352972800004','2026-01-08 12:00:00.000000','2026-01-08 12:00:00.000000');
INSERT INTO "letters" VALUES(22,1,1,'new_members','3-3',2,0,NULL,'2026-01-08 12:00:00.000000','2026-01-08 12:02:00.000000',1,0,'sent','','C0STUDY:1767873600.000001','2026-01-08 12:00:00.000000','2026-01-08 12:00:00.000000');
INSERT INTO "letters" VALUES(23,4,1,'finale','finish',5,0,NULL,'2026-01-08 12:00:00.000000','2026-01-08 12:02:00.000000',1,0,'sent','','C0STUDY:1767873600.000007','2026-01-08 12:00:00.000000','2026-01-08 12:00:00.000000');
INSERT INTO "letters" VALUES(24,1,1,'check_in','linear-algebra',1,0,NULL,'2026-01-09 09:00:00.000000','2026-01-09 09:02:00.000000',1,0,'sent','','1459109442355200000','2026-01-09 09:00:00.000000','2026-01-09 09:00:00.000000');
INSERT INTO "letters" VALUES(25,1,1,'check_in','linear-algebra',2,0,NULL,'2026-01-09 09:00:00.000000','2026-01-09 09:02:00.000000',1,0,'sent','','C0STUDY:1767949200.000000','2026-01-09 09:00:00.000000','2026-01-09 09:00:00.000000');
INSERT INTO "letters" VALUES(26,1,1,'reminder','linear-algebra.0',0,1,NULL,'2026-01-10 12:30:00.000000','2026-01-10 12:32:00.000000',1,0,'skipped','has checked in',NULL,'2026-01-10 12:30:00.000000','2026-01-10 12:30:00.000000');
INSERT INTO "letters" VALUES(27,1,1,'reminder','linear-algebra.0',0,2,NULL,'2026-01-10 17:00:00.000000','2026-01-10 17:02:00.000000',1,0,'skipped','has checked in',NULL,'2026-01-10 17:00:00.000000','2026-01-10 17:00:00.000000');
INSERT INTO "letters" VALUES(28,1,1,'reminder','linear-algebra.0',0,3,NULL,'2026-01-10 19:00:00.000000','2026-01-10 19:02:00.000000',1,0,'sent','','1459622825164800001','2026-01-10 19:00:00.000000','2026-01-10 19:00:00.000000');
INSERT INTO "letters" VALUES(29,1,1,'reminder','linear-algebra.1',0,1,NULL,'2026-01-11 12:30:00.000000','2026-01-11 12:32:00.000000',1,0,'skipped','has checked in',NULL,'2026-01-11 12:30:00.000000','2026-01-11 12:30:00.000000');
INSERT INTO "letters" VALUES(30,1,1,'reminder','linear-algebra.1',0,2,NULL,'2026-01-11 17:00:00.000000','2026-01-11 17:02:00.000000',1,0,'skipped','has checked in',NULL,'2026-01-11 17:00:00.000000','2026-01-11 17:00:00.000000');
INSERT INTO "letters" VALUES(31,1,1,'reminder','linear-algebra.1',0,3,NULL,'2026-01-11 19:00:00.000000','2026-01-11 19:02:00.000000',1,0,'sent','','1459985213030400000','2026-01-11 19:00:00.000000','2026-01-11 19:00:00.000000');
INSERT INTO "letters" VALUES(32,1,1,'topics','optimization',1,0,NULL,'2026-01-12 09:00:00.000000','2026-01-12 09:02:00.000000',1,0,'sent','','1460196605952000000','2026-01-12 09:00:00.000000','2026-01-12 09:00:00.000000');
INSERT INTO "letters" VALUES(33,1,1,'topics','optimization',2,0,NULL,'2026-01-12 09:00:00.000000','2026-01-12 09:02:00.000000',1,0,'sent','','C0STUDY:1768208400.000000','2026-01-12 09:00:00.000000','2026-01-12 09:00:00.000000');
INSERT INTO "letters" VALUES(34,1,1,'new_members','4-4',1,0,NULL,'2026-01-14 11:58:00.000000','2026-01-14 11:58:00.000000',0,0,'due','',NULL,NULL,NULL);
INSERT INTO "letters" VALUES(35,1,1,'new_members','4-4',2,0,NULL,'2026-01-14 11:58:00.000000','2026-01-14 11:58:00.000000',0,0,'due','',NULL,NULL,NULL);
CREATE TABLE marks (
	name VARCHAR(40) NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT marks_pkey PRIMARY KEY (name)
);
INSERT INTO "marks" VALUES('discord.command ids','{"application": "1456074443980800000", "numbers": {"away": "1456074443980800002", "certificate": "1456074443980800003", "checkin": "1456074443980800004", "cohort": "1456074443980800005", "help": "1456074443980800006", "join": "1456074443980800007", "leave": "1456074443980800008", "link": "1456074443980800009", "moderators": "1456074443980800010", "progress": "1456074443980800011", "project": "1456074443980800012", "resources": "1456074443980800013", "roadmap": "1456074443980800014", "settings": "1456074443980800015", "tick": "1456074443980800016", "unlink": "1456074443980800017", "week": "1456074443980800018"}}');
INSERT INTO "marks" VALUES('discord.commands','8d8e11f5f722f93a808e7d52ac29224e14981ea0c40e325b9b6fbdb1e887e2c3');
INSERT INTO "marks" VALUES('zone data','a04ecc371465c9c254901c6fadb44af981c68a6835cc17e610af63367019a144');
INSERT INTO "marks" VALUES('kinds','5c13e1b4c2e622ed8e4501a5cb07482be76057617413b966a7cda92b42937c5b');
CREATE TABLE members (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	cohort_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	joined_at DATETIME NOT NULL, 
	left_at DATETIME, 
	shift INTEGER DEFAULT '0' NOT NULL, 
	catch_up JSON NOT NULL, 
	hidden BOOLEAN NOT NULL, 
	alias VARCHAR(40) DEFAULT '' NOT NULL, 
	shown BOOLEAN NOT NULL, 
	score INTEGER DEFAULT '0' NOT NULL, 
	looked_at DATETIME, 
	next_due_at DATETIME, looked_for_at DATETIME, missing_since DATETIME, voice_id INTEGER, newcomer BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT members_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE, 
	CONSTRAINT members_cohort_id_fkey FOREIGN KEY(cohort_id) REFERENCES cohorts (id) ON DELETE CASCADE, 
	CONSTRAINT members_cohort_id_account_id_key UNIQUE (cohort_id, account_id)
);
INSERT INTO "members" VALUES(1,1,2,'2026-01-01 00:00:00.000000',NULL,0,'[]',0,'',1,2,'2026-01-11 12:30:00.000000','2026-01-17 12:30:00.000000',NULL,NULL,NULL,1);
INSERT INTO "members" VALUES(2,1,4,'2026-01-01 00:00:00.000000',NULL,0,'[]',0,'',1,1,'2026-01-11 17:00:00.000000','2026-01-17 17:00:00.000000',NULL,NULL,NULL,1);
INSERT INTO "members" VALUES(3,1,5,'2026-01-08 12:00:00.000000',NULL,0,'[]',0,'',1,0,'2026-01-11 19:00:00.000000','2026-01-17 19:00:00.000000','2026-01-11 19:00:00.000000',NULL,NULL,1);
INSERT INTO "members" VALUES(4,1,7,'2026-01-14 11:58:00.000000',NULL,0,'[]',0,'',1,0,'2026-01-14 11:58:00.000000','2026-01-17 18:00:00.000000',NULL,NULL,NULL,1);
CREATE TABLE persons (
	id INTEGER NOT NULL, 
	met_at DATETIME NOT NULL, 
	CONSTRAINT persons_pkey PRIMARY KEY (id)
);
INSERT INTO "persons" VALUES(1,'2026-01-01 00:00:00.000000');
INSERT INTO "persons" VALUES(2,'2026-01-01 00:00:00.000000');
INSERT INTO "persons" VALUES(3,'2026-01-01 00:00:00.000000');
INSERT INTO "persons" VALUES(4,'2026-01-01 00:00:00.000000');
INSERT INTO "persons" VALUES(5,'2026-01-08 12:00:00.000000');
INSERT INTO "persons" VALUES(6,'2026-01-14 11:58:00.000000');
CREATE TABLE plans (
	id INTEGER NOT NULL, 
	slug VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	source TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT plans_pkey PRIMARY KEY (id), 
	CONSTRAINT plans_digest_key UNIQUE (digest)
);
INSERT INTO "plans" VALUES(1,'ai-ml-engineer-12-weeks','7489e8c0a77c670c471fa6c97f5128ce851db9f462fe295c82fefd2318a30dc5','{"info":[{"kind":"note","text":"Enjoy the weeks ahead. We wish you luck on your way to becoming an AI/ML engineer.","title":"For the road"}],"provenance":{"notes":["A public outline of twelve weeks that names no author, told again in our own words.","It states no hours, so no item here has an estimate."],"title":"AI/ML Engineer - Learning Roadmap"},"resources":[{"author":"Aurélien Géron","id":"hands-on-ml","kind":"book","title":"Hands-On Machine Learning with Scikit-Learn, Keras, and TensorFlow","topics":["machine learning","scikit-learn","Keras","TensorFlow"]},{"author":"François Chollet","id":"deep-learning-with-python","kind":"book","title":"Deep Learning with Python","topics":["deep learning","Python"]},{"id":"ml-specialization","kind":"course","link":"https://www.coursera.org/specializations/machine-learning","platform":"Coursera","title":"Machine Learning Specialization","topics":["machine learning"]},{"id":"practical-deep-learning","kind":"course","link":"https://course.fast.ai/","provider":"Fast.ai","title":"Practical Deep Learning","topics":["deep learning"]},{"id":"sklearn-docs","kind":"docs","link":"https://scikit-learn.org/","title":"scikit-learn, the official documentation","topics":["scikit-learn"]},{"id":"tensorflow-docs","kind":"docs","link":"https://www.tensorflow.org/","title":"TensorFlow, the official documentation","topics":["TensorFlow"]}],"slug":"ai-ml-engineer-12-weeks","stages":[{"id":"foundations","time":"1 month","title":"Month 1: Foundations in mathematics and Python for ML","weeks":[{"id":"linear-algebra","items":[{"id":"vectors-matrices","kind":"topic","parts":["vectors","matrices","matrix operations"],"title":"Vectors, matrices and how to calculate with them"},{"id":"bayes","kind":"topic","parts":["Bayes’ theorem","conditional probability"],"title":"First steps in probability, up to Bayes’ theorem"},{"id":"descriptive-stats","kind":"topic","parts":["mean","median","standard deviation"],"summary":"Descriptive statistics.","title":"Describing data with a few numbers"},{"id":"numpy-matrices","kind":"practice","title":"Write vector and matrix operations with NumPy"},{"id":"dataset-stats","kind":"practice","title":"Work out basic statistics for a few datasets"}],"summary":"The language everything else is written in, with NumPy to try it out.","title":"Basics of linear algebra and statistics"},{"id":"optimization","items":[{"id":"derivatives","kind":"topic","parts":["derivatives","partial derivatives"],"title":"Derivatives, ordinary and partial"},{"id":"gradient-descent","kind":"topic","title":"How the gradient descent algorithm works"},{"id":"optimizers","kind":"topic","parts":["Adam","RMSprop","SGD"],"title":"The usual optimisation techniques"},{"id":"gd-from-scratch","kind":"practice","title":"Code gradient descent from scratch in Python"},{"id":"plot-loss","kind":"practice","title":"Show with Matplotlib how a loss function gets minimised"}],"summary":"How a model finds its way downhill, on paper first and then in code.","title":"Calculus and optimisation"},{"id":"python-for-ml","items":[{"id":"python-basics","kind":"topic","parts":["lists","dictionaries","functions","file handling"],"title":"The basics of Python"},{"id":"numpy-pandas","kind":"topic","parts":["NumPy","Pandas"],"title":"Manipulating data with NumPy and Pandas"},{"id":"matplotlib-seaborn","kind":"topic","parts":["Matplotlib","Seaborn"],"title":"Visualising data with Matplotlib and Seaborn"},{"id":"explore-with-pandas","kind":"practice","title":"Load datasets into Pandas and analyse them"},{"id":"first-charts","kind":"practice","title":"Draw a few basic charts with Matplotlib"}],"summary":"The tools you will have in your hands every week from now on.","title":"Python for machine learning"},{"id":"exploratory-analysis","items":[{"id":"data-cleaning","kind":"topic","parts":["data cleaning","missing values"],"title":"Cleaning data and coping with missing values"},{"id":"features-scaling","kind":"topic","parts":["feature engineering","scaling"],"title":"Engineering features and scaling them"},{"id":"data-transformation","kind":"topic","summary":"Techniques of data transformation.","title":"Ways to transform data"},{"id":"eda-real-data","kind":"practice","title":"Carry out an EDA on datasets from the real world"},{"id":"preprocess-features","kind":"practice","title":"Deal with missing values and preprocess the features"}],"summary":"Getting to know a dataset before any model sees it.","title":"Exploratory data analysis (EDA)"}]},{"id":"core-ml","time":"1 month","title":"Month 2: The core of machine learning","weeks":[{"id":"supervised-learning","items":[{"id":"regression","kind":"topic","parts":["linear regression","ridge","lasso"],"title":"Algorithms for regression"},{"id":"classification","kind":"topic","parts":["logistic regression","decision trees","random forest"],"title":"Algorithms for classification"},{"id":"regressions-from-scratch","kind":"practice","parts":["linear regression","logistic regression"],"title":"Build linear and logistic regression from scratch"},{"id":"sklearn-models","kind":"practice","title":"Train models with scikit-learn and evaluate them"}],"summary":"Learning from examples with known answers, by hand and with a library.","title":"Supervised learning algorithms"},{"id":"model-evaluation","items":[{"id":"overfitting","kind":"topic","parts":["overfitting","underfitting"],"title":"Overfitting and underfitting, and how they differ"},{"id":"cross-validation","kind":"topic","parts":["cross-validation","grid search"],"title":"Cross-validation, and searching on a grid"},{"id":"metrics","kind":"topic","parts":["RMSE","MAE","precision","recall","F1-score"],"title":"Metrics that judge a model"},{"id":"cross-validate-models","kind":"practice","title":"Evaluate models of your own by cross-validation"},{"id":"grid-search-cv","kind":"practice","title":"Tune hyperparameters with GridSearchCV"}],"summary":"How to tell whether a model is any good, and how to make it better.","title":"Model evaluation and hyperparameter tuning"},{"id":"unsupervised-learning","items":[{"id":"clustering","kind":"topic","parts":["K-Means","DBSCAN","hierarchical clustering"],"title":"Algorithms for clustering"},{"id":"dimensionality-reduction","kind":"topic","parts":["PCA","t-SNE"],"title":"Dimensionality reduction"},{"id":"kmeans-clusters","kind":"practice","title":"Implement K-Means and draw the clusters it finds"},{"id":"pca-reduction","kind":"practice","title":"Bring high-dimensional data down to fewer dimensions with PCA"}],"summary":"Finding structure where nobody has written down the answers.","title":"Unsupervised learning algorithms"},{"id":"feature-engineering","items":[{"id":"feature-selection","kind":"topic","parts":["chi-square","recursive feature elimination"],"title":"Techniques for selecting features"},{"id":"categorical-text-data","kind":"topic","parts":["categorical data","text data"],"title":"Working with categorical data and with text"},{"id":"encodings","kind":"topic","parts":["one-hot encoding","label encoding","TF-IDF"],"title":"Techniques for encoding"},{"id":"engineer-features","kind":"practice","title":"Use feature engineering on a real dataset"},{"id":"try-encodings","kind":"practice","title":"Implement several encoding techniques"}],"summary":"Turning what you have into what a model can use.","title":"Feature selection and feature engineering"}]},{"id":"deep-learning","time":"1 month","title":"Month 3: Deep learning and deployment","weeks":[{"id":"intro-deep-learning","items":[{"id":"neural-networks","kind":"topic","parts":["perceptron","activation functions"],"title":"The basics of neural networks"},{"id":"backpropagation","kind":"topic","parts":["forward propagation","backpropagation"],"title":"Forward propagation and backpropagation"},{"id":"tensorflow-keras","kind":"topic","parts":["TensorFlow","Keras"],"title":"How to write neural networks in TensorFlow/Keras"},{"id":"feedforward-network","kind":"practice","title":"Build a simple feedforward network in TensorFlow"},{"id":"train-mnist","kind":"practice","title":"Train a deep learning model on the MNIST dataset"}],"summary":"From a single perceptron to a network that reads handwritten digits.","title":"Introduction to deep learning"},{"id":"convolutional-networks","items":[{"id":"cnn-architecture","kind":"topic","parts":["CNN architecture","convolution layers"],"title":"The architecture of a CNN and its convolution layers"},{"id":"pooling-dropout","kind":"topic","parts":["pooling","dropout"],"title":"Regularising with pooling and dropout"},{"id":"transfer-learning","kind":"topic","title":"Transfer learning, starting from pretrained models"},{"examples":["CIFAR-10"],"id":"cnn-image-classifier","kind":"practice","title":"Implement a CNN that classifies images"},{"examples":["ResNet","VGG16"],"id":"reuse-pretrained","kind":"practice","title":"Apply transfer learning with ResNet or VGG16"}],"summary":"Networks for pictures, built by you or borrowed and adapted.","title":"Convolutional neural networks (CNNs)"},{"id":"deployment-mlops","items":[{"id":"model-serialization","kind":"topic","parts":["Pickle","Joblib","TensorFlow SavedModel"],"summary":"Model serialisation.","title":"Saving a trained model to a file"},{"id":"flask-fastapi","kind":"topic","parts":["Flask","FastAPI"],"title":"Deploying ML models with Flask and FastAPI"},{"id":"ml-ci-cd","kind":"topic","title":"CI/CD for ML models, the basics"},{"id":"rest-api","kind":"practice","title":"Put a trained model online as a REST API"},{"id":"mlflow-pipeline","kind":"practice","title":"Automate a training pipeline with MLflow"}],"summary":"From a notebook to something others can call.","title":"Model deployment and the basics of MLOps"},{"id":"final-project","items":[{"id":"combine-ml-dl","kind":"review","parts":["machine learning","deep learning"],"title":"Joining techniques from ML and DL in a single application"},{"id":"review-eval-deploy","kind":"review","parts":["model evaluation","deployment strategies"],"title":"Strategies for evaluating and deploying models"},{"examples":["chatbot","recommendation system","fraud detection"],"id":"real-world-system","kind":"practice","title":"Develop an AI system for a real-world need"},{"examples":["AWS","GCP","Azure"],"id":"cloud-deploy","kind":"practice","title":"Deploy the model on a cloud service"}],"kind":"capstone","summary":"Everything so far, in one piece of work that others can see and use.","title":"Final project: an AI system from end to end"}]}],"summary":"A way into AI/ML engineering, one step after the other: the mathematics underneath, the algorithms of machine learning, deep learning, and how to deploy what you built so that somebody can use it.","title":"AI/ML engineer in twelve weeks"}','2026-01-01 00:00:00.000000');
INSERT INTO "plans" VALUES(2,'rust','b80fdce921e23ed95a2b7cf4bd854120c25102a8e1bfe8041b32e9dc5c4f295a','{"slug":"rust","stages":[{"id":"basics","title":"Basics","weeks":[{"id":"start","items":[{"id":"install","kind":"action","title":"Install Rust"},{"id":"hello","kind":"practice","title":"Say hello"}],"title":"A start"},{"id":"owning","items":[{"id":"owner","kind":"topic","parts":["moves","borrowing"],"title":"Ownership"},{"id":"quiz","kind":"checkpoint","title":"A quiz"}],"title":"Owning things"},{"id":"ending","items":[{"id":"talk","kind":"action","title":"Give a talk"}],"title":"An ending"}]}],"summary":"Three weeks of Rust.","title":"Rust together"}','2026-01-01 00:00:00.000000');
INSERT INTO "plans" VALUES(3,'rust','a469604cd80ceaca47a7794a4c33f3c22b345fd0f09c28ced5e5aa27ab0bc235','{"slug":"rust","stages":[{"id":"basics","title":"Basics","weeks":[{"id":"start","items":[{"id":"install","kind":"action","title":"Install Rust"},{"id":"book","kind":"reading","title":"Read a chapter"}],"title":"A start"},{"id":"owning","items":[{"id":"owner","kind":"topic","parts":["moves"],"title":"Ownership"},{"id":"borrow","kind":"topic","title":"Borrowing"}],"title":"Owning things"},{"id":"ending","items":[{"id":"hello","kind":"practice","title":"Say hello"}],"title":"An ending"},{"id":"show","items":[{"id":"talk","kind":"action","title":"Give a talk"}],"title":"A show"}]}],"summary":"Three weeks of Rust.","title":"Rust together"}','2026-01-14 11:58:00.000000');
CREATE TABLE projects (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	account_id INTEGER NOT NULL, 
	roadmap VARCHAR(64) NOT NULL, 
	project VARCHAR(48) DEFAULT '' NOT NULL, 
	title VARCHAR(120) NOT NULL, 
	level VARCHAR(12) DEFAULT '' NOT NULL, 
	link VARCHAR(500) DEFAULT '' NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT projects_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
INSERT INTO "projects" VALUES(1,5,'ai-ml-engineer-12-weeks','','A chatbot','','https://example.org/chat','2026-01-08 12:00:00.000000');
CREATE TABLE scores (
	member_id INTEGER NOT NULL, 
	week_id VARCHAR(40) NOT NULL, 
	cohort_id INTEGER NOT NULL, 
	shown BOOLEAN NOT NULL, 
	done INTEGER NOT NULL, 
	CONSTRAINT scores_pkey PRIMARY KEY (member_id, week_id), 
	CONSTRAINT scores_member_id_fkey FOREIGN KEY(member_id) REFERENCES members (id) ON DELETE CASCADE
);
INSERT INTO "scores" VALUES(1,'linear-algebra',1,1,1);
INSERT INTO "scores" VALUES(1,'optimization',1,1,1);
INSERT INTO "scores" VALUES(1,'python-for-ml',1,1,0);
INSERT INTO "scores" VALUES(1,'exploratory-analysis',1,1,0);
INSERT INTO "scores" VALUES(1,'supervised-learning',1,1,0);
INSERT INTO "scores" VALUES(1,'model-evaluation',1,1,0);
INSERT INTO "scores" VALUES(1,'unsupervised-learning',1,1,0);
INSERT INTO "scores" VALUES(1,'feature-engineering',1,1,0);
INSERT INTO "scores" VALUES(1,'intro-deep-learning',1,1,0);
INSERT INTO "scores" VALUES(1,'convolutional-networks',1,1,0);
INSERT INTO "scores" VALUES(1,'deployment-mlops',1,1,0);
INSERT INTO "scores" VALUES(1,'final-project',1,1,0);
INSERT INTO "scores" VALUES(2,'linear-algebra',1,1,0);
INSERT INTO "scores" VALUES(2,'optimization',1,1,1);
INSERT INTO "scores" VALUES(2,'python-for-ml',1,1,0);
INSERT INTO "scores" VALUES(2,'exploratory-analysis',1,1,0);
INSERT INTO "scores" VALUES(2,'supervised-learning',1,1,0);
INSERT INTO "scores" VALUES(2,'model-evaluation',1,1,0);
INSERT INTO "scores" VALUES(2,'unsupervised-learning',1,1,0);
INSERT INTO "scores" VALUES(2,'feature-engineering',1,1,0);
INSERT INTO "scores" VALUES(2,'intro-deep-learning',1,1,0);
INSERT INTO "scores" VALUES(2,'convolutional-networks',1,1,0);
INSERT INTO "scores" VALUES(2,'deployment-mlops',1,1,0);
INSERT INTO "scores" VALUES(2,'final-project',1,1,0);
INSERT INTO "scores" VALUES(3,'linear-algebra',1,1,0);
INSERT INTO "scores" VALUES(3,'optimization',1,1,0);
INSERT INTO "scores" VALUES(3,'python-for-ml',1,1,0);
INSERT INTO "scores" VALUES(3,'exploratory-analysis',1,1,0);
INSERT INTO "scores" VALUES(3,'supervised-learning',1,1,0);
INSERT INTO "scores" VALUES(3,'model-evaluation',1,1,0);
INSERT INTO "scores" VALUES(3,'unsupervised-learning',1,1,0);
INSERT INTO "scores" VALUES(3,'feature-engineering',1,1,0);
INSERT INTO "scores" VALUES(3,'intro-deep-learning',1,1,0);
INSERT INTO "scores" VALUES(3,'convolutional-networks',1,1,0);
INSERT INTO "scores" VALUES(3,'deployment-mlops',1,1,0);
INSERT INTO "scores" VALUES(3,'final-project',1,1,0);
INSERT INTO "scores" VALUES(4,'linear-algebra',1,1,0);
INSERT INTO "scores" VALUES(4,'optimization',1,1,0);
INSERT INTO "scores" VALUES(4,'python-for-ml',1,1,0);
INSERT INTO "scores" VALUES(4,'exploratory-analysis',1,1,0);
INSERT INTO "scores" VALUES(4,'supervised-learning',1,1,0);
INSERT INTO "scores" VALUES(4,'model-evaluation',1,1,0);
INSERT INTO "scores" VALUES(4,'unsupervised-learning',1,1,0);
INSERT INTO "scores" VALUES(4,'feature-engineering',1,1,0);
INSERT INTO "scores" VALUES(4,'intro-deep-learning',1,1,0);
INSERT INTO "scores" VALUES(4,'convolutional-networks',1,1,0);
INSERT INTO "scores" VALUES(4,'deployment-mlops',1,1,0);
INSERT INTO "scores" VALUES(4,'final-project',1,1,0);
CREATE TABLE secrets (
	platform VARCHAR(20) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	value TEXT NOT NULL, 
	until DATETIME, 
	CONSTRAINT secrets_pkey PRIMARY KEY (platform, name)
);
CREATE TABLE settings (
	account_id INTEGER NOT NULL, 
	cohort_id INTEGER DEFAULT '0' NOT NULL, 
	name VARCHAR(40) NOT NULL, 
	value TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT settings_pkey PRIMARY KEY (account_id, cohort_id, name), 
	CONSTRAINT settings_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
INSERT INTO "settings" VALUES(5,0,'reminder_at','19:00:00','2026-01-08 12:00:00.000000');
INSERT INTO "settings" VALUES(5,0,'quiet_from','23:00:00','2026-01-08 12:00:00.000000');
INSERT INTO "settings" VALUES(5,0,'quiet_until','07:00:00','2026-01-08 12:00:00.000000');
INSERT INTO "settings" VALUES(5,0,'alias','Cyan','2026-01-08 12:00:00.000000');
INSERT INTO "settings" VALUES(5,1,'hidden','no','2026-01-08 12:00:00.000000');
INSERT INTO "settings" VALUES(4,0,'zone','Europe/Berlin','2026-01-08 12:00:00.000000');
INSERT INTO "settings" VALUES(4,0,'reminders_a_week','1','2026-01-08 12:00:00.000000');
INSERT INTO "settings" VALUES(4,0,'hidden','no','2026-01-08 12:00:00.000000');
INSERT INTO "settings" VALUES(4,1,'hidden','no','2026-01-08 12:00:00.000000');
INSERT INTO "settings" VALUES(2,0,'zone','Asia/Kolkata','2026-01-08 12:00:00.000000');
INSERT INTO "settings" VALUES(2,0,'reminders_a_week','1','2026-01-08 12:00:00.000000');
CREATE TABLE spaces (
	id INTEGER NOT NULL, 
	platform VARCHAR(20) NOT NULL, 
	native VARCHAR(64) NOT NULL, gone_at DATETIME, tenant VARCHAR(64) DEFAULT '' NOT NULL, 
	CONSTRAINT spaces_pkey PRIMARY KEY (id), 
	CONSTRAINT spaces_platform_native_key UNIQUE (platform, native)
);
INSERT INTO "spaces" VALUES(1,'discord','1456074443980800019',NULL,'');
INSERT INTO "spaces" VALUES(2,'slack','T0HALL',NULL,'T0HALL');
CREATE TABLE ticks (
	account_id INTEGER NOT NULL, 
	roadmap VARCHAR(64) NOT NULL, 
	item VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT ticks_pkey PRIMARY KEY (account_id, roadmap, item), 
	CONSTRAINT ticks_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);
INSERT INTO "ticks" VALUES(2,'ai-ml-engineer-12-weeks','vectors-matrices','2026-01-08 12:00:00.000000');
INSERT INTO "ticks" VALUES(2,'ai-ml-engineer-12-weeks','derivatives','2026-01-14 11:58:00.000000');
INSERT INTO "ticks" VALUES(4,'ai-ml-engineer-12-weeks','derivatives','2026-01-14 11:58:00.000000');
CREATE TABLE versions (
	id INTEGER NOT NULL, 
	space_id INTEGER NOT NULL, 
	slug VARCHAR(48) NOT NULL, 
	"key" VARCHAR(64) NOT NULL, 
	number INTEGER NOT NULL, 
	plan_id INTEGER NOT NULL, 
	"by" INTEGER, 
	at DATETIME NOT NULL, 
	CONSTRAINT versions_pkey PRIMARY KEY (id), 
	CONSTRAINT versions_space_id_fkey FOREIGN KEY(space_id) REFERENCES spaces (id) ON DELETE CASCADE, 
	CONSTRAINT versions_plan_id_fkey FOREIGN KEY(plan_id) REFERENCES plans (id) ON DELETE CASCADE, 
	CONSTRAINT versions_by_fkey FOREIGN KEY("by") REFERENCES accounts (id) ON DELETE SET NULL, 
	CONSTRAINT versions_space_id_slug_number_key UNIQUE (space_id, slug, number)
);
INSERT INTO "versions" VALUES(1,1,'rust','rust@1',1,2,1,'2026-01-01 00:00:00.000000');
CREATE INDEX accounts_person_id ON accounts (person_id);
CREATE INDEX absences_account_id ON absences (account_id);
CREATE INDEX answers_at ON answers (at);
CREATE INDEX cohorts_next_due_at ON cohorts (next_due_at);
CREATE INDEX homes_place ON homes (space_id, channel);
CREATE INDEX letters_due ON letters (due_at, id) WHERE state IN ('due', 'claimed');
CREATE INDEX letters_member ON letters (member_id, ended_at);
CREATE INDEX letters_place ON letters (home_id, member_id, id) WHERE state IN ('due', 'claimed');
CREATE INDEX members_account_id ON members (account_id);
CREATE INDEX members_board ON members (cohort_id, shown, score, id);
CREATE INDEX members_next_due_at ON members (next_due_at);
CREATE INDEX checkins_week ON checkins (week_id, member_id);
CREATE INDEX scores_board ON scores (cohort_id, week_id, shown, done, member_id);
CREATE INDEX drafts_account_id ON drafts (account_id);
CREATE INDEX drafts_at ON drafts (at);
CREATE INDEX codes_account_id ON codes (account_id);
CREATE INDEX codes_at ON codes (at);
CREATE INDEX guesses_account ON guesses (account_id, at);
CREATE INDEX guesses_at ON guesses (at);
CREATE INDEX secrets_until ON secrets (until);
CREATE INDEX heard_at ON heard (at);
CREATE INDEX imports_account_id ON imports (account_id);
CREATE INDEX imports_at ON imports (at);
CREATE INDEX projects_account_id ON projects (account_id);
CREATE INDEX certificates_account_id ON certificates (account_id);
CREATE INDEX events_space_id ON events (space_id);
CREATE INDEX events_due ON events (due_at) WHERE state IN ('due', 'claimed');
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('cohorts',4);
INSERT INTO "sqlite_sequence" VALUES('homes',5);
INSERT INTO "sqlite_sequence" VALUES('members',4);
INSERT INTO "sqlite_sequence" VALUES('imports',2);
INSERT INTO "sqlite_sequence" VALUES('projects',1);
INSERT INTO "sqlite_sequence" VALUES('certificates',1);
INSERT INTO "sqlite_sequence" VALUES('drafts',1);
COMMIT;
