CREATE TABLE "chores" (
	"name" text PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "made_by" text;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "audit_actor" ON "audit" USING btree ("actor","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX CONCURRENTLY "audit_target" ON "audit" USING btree ("target","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX CONCURRENTLY "audit_action" ON "audit" USING btree ("action","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX CONCURRENTLY "audit_at" ON "audit" USING btree ("at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "messages_at" ON "messages" USING btree ("at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "rooms_made_by" ON "rooms" USING btree ("made_by") WHERE "rooms"."made_by" is not null;