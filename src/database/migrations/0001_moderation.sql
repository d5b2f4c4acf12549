CREATE TABLE "audit" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL,
	"actor" text,
	"action" text NOT NULL,
	"room" text,
	"target" text,
	"ip" text,
	"details" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "bans" (
	"room" text NOT NULL,
	"user_id" text NOT NULL,
	"reason" text,
	"by" text NOT NULL,
	"until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "bans_room_user_id_pk" PRIMARY KEY("room","user_id")
);
--> statement-breakpoint
CREATE TABLE "invites" (
	"id" text PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"room" text NOT NULL,
	"role" text NOT NULL,
	"uses_left" integer,
	"expires_at" timestamp (3) with time zone,
	"by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "knocks" (
	"room" text NOT NULL,
	"user_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"admitted_at" timestamp (3) with time zone,
	"holder" text DEFAULT '' NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "knocks_room_user_id_pk" PRIMARY KEY("room","user_id")
);
--> statement-breakpoint
CREATE TABLE "permissions" (
	"room" text NOT NULL,
	"user_id" text NOT NULL,
	"may_publish" boolean DEFAULT true NOT NULL,
	"may_chat" boolean DEFAULT true NOT NULL,
	CONSTRAINT "permissions_room_user_id_pk" PRIMARY KEY("room","user_id")
);
--> statement-breakpoint
CREATE TABLE "removals" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"room" text,
	"user_id" text NOT NULL,
	"peers" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"at" timestamp (3) with time zone DEFAULT clock_timestamp() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "access" text DEFAULT 'open' NOT NULL;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "locked" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "ends_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "end_when_empty_seconds" integer;--> statement-breakpoint
ALTER TABLE "rooms" ADD COLUMN "empty_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "bans" ADD CONSTRAINT "bans_room_rooms_id_fk" FOREIGN KEY ("room") REFERENCES "public"."rooms"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invites" ADD CONSTRAINT "invites_room_rooms_id_fk" FOREIGN KEY ("room") REFERENCES "public"."rooms"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "knocks" ADD CONSTRAINT "knocks_room_rooms_id_fk" FOREIGN KEY ("room") REFERENCES "public"."rooms"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "permissions" ADD CONSTRAINT "permissions_room_rooms_id_fk" FOREIGN KEY ("room") REFERENCES "public"."rooms"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_room" ON "audit" USING btree ("room","id" DESC NULLS LAST);--> statement-breakpoint
CREATE UNIQUE INDEX "invites_hash" ON "invites" USING btree ("hash");--> statement-breakpoint
CREATE INDEX "invites_room" ON "invites" USING btree ("room");--> statement-breakpoint
CREATE UNIQUE INDEX "knocks_id" ON "knocks" USING btree ("id");--> statement-breakpoint
CREATE INDEX "removals_at" ON "removals" USING btree ("at");--> statement-breakpoint
CREATE INDEX "removals_room_user" ON "removals" USING btree ("room","user_id");--> statement-breakpoint
CREATE INDEX CONCURRENTLY "rooms_ends" ON "rooms" USING btree ("ends_at") WHERE "rooms"."ends_at" is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY "rooms_ends_empty" ON "rooms" USING btree ("id") WHERE "rooms"."end_when_empty_seconds" is not null;