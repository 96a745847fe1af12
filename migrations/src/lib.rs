//! The database's history: one change per file, in the order of their names.
//!
//! Names are plain strings and nothing of the program is imported, so that an old change means tomorrow what it meant when it was made.
//! There is no way down: a released change is mended by another one.
//!
//! **Invariant:** a change that was released is never edited, and none imports the rows.

use sea_orm_migration::prelude::*;

mod m20261122_000001_organizations;
mod m20261122_000002_events;
mod m20261122_000003_persons;
mod m20261122_000004_pools;
mod m20261122_000005_categories;
mod m20261122_000006_registrations;
mod m20261122_000007_identity_documents;
mod m20261122_000008_files;
mod m20261122_000009_letters;
mod m20261122_000010_notices;
mod m20261122_000011_jobs;
mod m20261122_000012_members;
mod m20261122_000013_changes;
mod m20261122_000014_rooms;
mod m20261122_000015_sessions;
mod m20261122_000016_releases;
mod m20261122_000017_delegations;
mod m20261122_000018_resources;
mod m20261122_000019_itineraries;
mod m20261122_000020_stops;
mod m20261122_000021_timed_holds;
mod m20261122_000029_change_order;
mod m20261122_000030_trails;
mod m20261122_000033_sign_ins;
mod m20261122_000034_submissions;
mod m20261122_000037_schedule_imports;
mod m20261122_000041_links;
mod m20261122_000042_member_revisions;
mod m20261122_000043_uploaders;
mod m20261122_000045_offers;
mod m20261122_000046_person_time_zones;
mod m20261122_000047_check_ins;
mod m20261122_000050_letter_approvals;
mod m20261122_000051_sealed_copies;
mod m20261122_000052_organization_market;
mod m20261122_000053_event_parents;
mod m20261122_000054_merged_persons;
mod m20261122_000057_cancelled_jobs;
mod m20261122_000058_person_search_keys;
mod m20261122_000060_registration_lists;
mod m20261122_000061_usual_orders;
mod m20261122_000062_waiting;
mod m20261122_000063_ticket_parts;
mod m20261123_000064_forms;
mod m20261123_000065_registration_imports;
mod m20261123_000066_badge_colors;
mod m20261123_000067_check_in_lists;
mod m20261123_000068_invitations;
mod m20261123_000069_delegation_steps;
mod m20261123_000070_offer_terms;
mod m20261123_000071_seat_quotas;
mod m20261123_000072_shared_pools;
mod m20261123_000073_transferable_invitations;
mod m20261123_000074_parties;
mod m20261123_000075_groups;
mod m20261124_000076_documents;
mod m20261124_000077_answer_files;
mod m20261124_000078_undone_merges;
mod m20261124_000079_joining_links;

macro_rules! changes {
    ($($change:ident)*) => {
        fn changes() -> Vec<Box<dyn MigrationTrait>> {
            vec![$(Box::new($change::Migration)),*]
        }
    };
}

changes! {
    m20261122_000001_organizations
    m20261122_000002_events
    m20261122_000003_persons
    m20261122_000004_pools
    m20261122_000005_categories
    m20261122_000006_registrations
    m20261122_000007_identity_documents
    m20261122_000008_files
    m20261122_000009_letters
    m20261122_000010_notices
    m20261122_000011_jobs
    m20261122_000012_members
    m20261122_000013_changes
    m20261122_000014_rooms
    m20261122_000015_sessions
    m20261122_000016_releases
    m20261122_000017_delegations
    m20261122_000018_resources
    m20261122_000019_itineraries
    m20261122_000020_stops
    m20261122_000021_timed_holds
    m20261122_000029_change_order
    m20261122_000030_trails
    m20261122_000033_sign_ins
    m20261122_000034_submissions
    m20261122_000037_schedule_imports
    m20261122_000041_links
    m20261122_000042_member_revisions
    m20261122_000043_uploaders
    m20261122_000045_offers
    m20261122_000046_person_time_zones
    m20261122_000047_check_ins
    m20261122_000050_letter_approvals
    m20261122_000051_sealed_copies
    m20261122_000052_organization_market
    m20261122_000053_event_parents
    m20261122_000054_merged_persons
    m20261122_000057_cancelled_jobs
    m20261122_000058_person_search_keys
    m20261122_000060_registration_lists
    m20261122_000061_usual_orders
    m20261122_000062_waiting
    m20261122_000063_ticket_parts
    m20261123_000064_forms
    m20261123_000065_registration_imports
    m20261123_000066_badge_colors
    m20261123_000067_check_in_lists
    m20261123_000068_invitations
    m20261123_000069_delegation_steps
    m20261123_000070_offer_terms
    m20261123_000071_seat_quotas
    m20261123_000072_shared_pools
    m20261123_000073_transferable_invitations
    m20261123_000074_parties
    m20261123_000075_groups
    m20261124_000076_documents
    m20261124_000077_answer_files
    m20261124_000078_undone_merges
    m20261124_000079_joining_links
}

/// Brings a database from any of its past states to the present one.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        changes()
    }
}
