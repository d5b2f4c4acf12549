-- Rooms that a token's grant created let guests in by the old default alone. An owner opens them again with PATCH.
-- parley: in batches
UPDATE "rooms" SET "guests_allowed" = false, "version" = "version" + 1, "updated_at" = now() WHERE "id" IN (SELECT "id" FROM "rooms" WHERE "owner" IS NULL AND "guests_allowed" LIMIT 2000);--> statement-breakpoint
ALTER TABLE "rooms" ALTER COLUMN "guests_allowed" SET DEFAULT false;
