ALTER TABLE "rooms" ALTER COLUMN "guests_allowed" SET DEFAULT false;--> statement-breakpoint
-- Rooms that a token's grant created let guests in by the old default alone. An owner opens them again with PATCH.
UPDATE "rooms" SET "guests_allowed" = false, "version" = "version" + 1, "updated_at" = now() WHERE "owner" IS NULL AND "guests_allowed";
