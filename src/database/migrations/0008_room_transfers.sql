CREATE TABLE "room_transfers" (
	"room" text PRIMARY KEY NOT NULL,
	"from_user" text NOT NULL,
	"to_user" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "room_transfers" ADD CONSTRAINT "room_transfers_room_rooms_id_fk" FOREIGN KEY ("room") REFERENCES "public"."rooms"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "room_transfers_to" ON "room_transfers" USING btree ("to_user");