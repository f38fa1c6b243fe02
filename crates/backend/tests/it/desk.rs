//! The test desk itself.

use backend::test_desk::TestDesk;
use domain::change::Change;

#[tokio::test]
async fn everybody_hears_of_a_new_colleague() {
    let desk = TestDesk::new().await;

    let maria = desk.agent("maria").await;

    assert_eq!(desk.backend.directory().people.get(&maria.id), Some(&maria));
    let told = desk.told().await;
    assert_eq!(told.last().map(|event| &event.change), Some(&Change::PersonChanged(maria)));
}
