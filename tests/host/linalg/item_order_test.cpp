#include "host/linalg/item_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace tidewright {
namespace {

using ::testing::ElementsAre;

std::vector<int32_t> ItemsOf(const ItemOrder& order) {
  std::vector<int32_t> items;
  for (int64_t place = 0; place < order.size(); ++place) items.push_back(order.item(place));
  return items;
}

std::vector<int32_t> PlacesIn(const ItemOrder& order, const std::vector<int32_t>& ids) {
  std::vector<int32_t> places;
  order.PlacesOf(ids.data(), static_cast<int64_t>(ids.size()), &places);
  return places;
}

const std::vector<float> kItems = {1, 0, 3, 4, 0, 1, 6, 8};  // of lengths 1, 5, 1, 10

TEST(ItemOrder, PutsLongVectorsFirstAndTiesByTheirId) {
  const ItemOrder order(kItems.data(), 4, 2, nullptr, true);
  EXPECT_THAT(ItemsOf(order), ElementsAre(3, 1, 0, 2));
  EXPECT_THAT(PlacesIn(order, {0, 1, 3}), ElementsAre(0, 1, 2));
}

TEST(ItemOrder, LeavesDeniedItemsOut) {
  const std::vector<uint8_t> denied = {0, 1, 0, 0};
  const ItemOrder by_length(kItems.data(), 4, 2, denied.data(), true);
  EXPECT_THAT(ItemsOf(by_length), ElementsAre(3, 0, 2));
  EXPECT_THAT(PlacesIn(by_length, {1, 2}), ElementsAre(2));
  const ItemOrder by_id(kItems.data(), 4, 2, denied.data(), false);
  EXPECT_THAT(ItemsOf(by_id), ElementsAre(0, 2, 3));
  EXPECT_THAT(PlacesIn(by_id, {1, 3}), ElementsAre(2));
}

TEST(ItemOrder, BoundsWhatIsLeftByItsLongest) {
  const ItemOrder order(kItems.data(), 4, 2, nullptr, true);
  EXPECT_GE(order.Bound(2, 1), 10);
  EXPECT_LT(order.Bound(2, 1), 10.0001);
  EXPECT_GT(order.Bound(0, 3), 0);  // a product of the smallest numbers may round up to more than 0
  const ItemOrder by_id(kItems.data(), 4, 2, nullptr, false);
  EXPECT_EQ(by_id.Bound(2, 3), std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace tidewright
