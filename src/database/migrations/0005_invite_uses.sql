CREATE TABLE "invite_uses" (
	"invite" text NOT NULL,
	"user_id" text NOT NULL,
	"barred" boolean DEFAULT false NOT NULL,
	CONSTRAINT "invite_uses_invite_user_id_pk" PRIMARY KEY("invite","user_id")
);
--> statement-breakpoint
ALTER TABLE "memberships" ADD COLUMN "by_invite" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "invite_uses" ADD CONSTRAINT "invite_uses_invite_invites_id_fk" FOREIGN KEY ("invite") REFERENCES "public"."invites"("id") ON DELETE cascade ON UPDATE no action;