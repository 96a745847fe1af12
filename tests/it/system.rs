//! What the installation tells of itself, to anybody.

use attache_client::v1;
use attache_tests::{answers::Answer as _, boot, database};

#[tokio::test]
async fn anybody_may_ask_what_runs_here() {
    let house = boot().await;
    let nobody = house.client(None).await;

    let info = nobody.system().get_info(v1::GetInfoRequest {}).await.done();

    let expected = v1::Info {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time_zone_version: info.time_zone_version.clone(),
        database: database::word().to_owned(),
        mail: "memory".to_owned(),
        current_time: info.current_time,
        schema_version: info.schema_version.clone(),
    };
    assert_eq!(info, expected);
    assert!(info.time_zone_version.starts_with("20") && info.schema_version.starts_with("m20"), "{info:?}");
    // The house opened in August 2023.
    assert!((1_690_848_000..1_690_851_600).contains(&info.current_time.unwrap().seconds), "{info:?}");
}
