package io.slackwater.pricing.benchmark;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A benchmark is worth nothing if it does not notice wrong output. */
class DuePricesTest {

    private static final int PRODUCTS = 150;

    private final Traffic traffic = new Traffic(7, PRODUCTS);
    private final DuePrices due = new DuePrices(PRODUCTS);
    private final List<String[]> written = new ArrayList<>();

    DuePricesTest() {
        for (int i = 0; i < 3 * PRODUCTS; i++) {
            traffic.next();
            due.add(traffic);
            String product = Traffic.productId(traffic.product());
            for (int line = 0; line < Traffic.WAREHOUSES_OF_A_MESSAGE; line++) {
                String warehouse = "WH-" + (100 + (traffic.product() + line) % 40);
                written.add(
                        new String[] {
                            product + '|' + warehouse,
                            record(product, warehouse, traffic.product(), traffic.quantity(line))
                        });
            }
        }
    }

    @Test
    void acceptsEachRecordOnceAndInOrder() {
        assertThatCode(this::compare).doesNotThrowAnyException();
    }

    @Test
    void noticesALostRecord() {
        written.remove(written.size() / 2);
        assertThatThrownBy(this::compare).hasMessageContaining("1 of 750 keys have lost");
    }

    @Test
    void noticesADoubledRecord() {
        written.add(written.get(10));
        assertThatThrownBy(this::compare).hasMessageContaining("1 of 750 keys have lost, doubled");
    }

    @Test
    void noticesRecordsOfAKeyThatChangedPlaces() {
        String[] one = written.get(3);
        int other = written.size() - 1;
        while (!written.get(other)[0].equals(one[0])) {
            other--;
        }
        Collections.swap(written, 3, other);
        assertThatThrownBy(this::compare).hasMessageContaining("1 of 750 keys");
    }

    @Test
    void noticesAWrongPriceAndAWrongTier() {
        String right = written.get(20)[1];
        written.get(20)[1] = right.replaceFirst("\"price\":\\d+", "\"price\":77");
        assertThatThrownBy(this::compare).hasMessageContaining("wrong price");
        written.get(20)[1] = right.replaceFirst("tier\":\"", "tier\":\"x");
        assertThatThrownBy(this::compare).hasMessageContaining("wrong tier");
    }

    @Test
    void noticesAVersionThatIsNotTheNext() {
        written.get(0)[1] = written.get(0)[1].replace("}", ",\"price_version\":2}");
        assertThatThrownBy(this::compare).hasMessageContaining("wrong version");
    }

    private void compare() {
        DuePrices.Comparison comparison = due.new Comparison();
        for (String[] each : written) {
            comparison.take(
                    each[0].getBytes(StandardCharsets.UTF_8),
                    each[1].getBytes(StandardCharsets.UTF_8));
        }
        comparison.end();
    }

    /** Prices of 8, 8.0 and 8.00 are the same. */
    private static String record(String product, String warehouse, int number, int quantity) {
        String tier = number % 100 == 0 ? "premium" : "standard";
        BigDecimal price =
                new BigDecimal(tier.equals("premium") ? "15" : "10")
                        .multiply(
                                new BigDecimal(
                                        quantity < 10 ? "1.2" : quantity < 50 ? "1" : "0.80"));
        return "{\"product_id\":\"%s\",\"warehouse_id\":\"%s\",\"quantity\":%d,\"price_tier\":\"%s\",\"price\":%s}"
                .formatted(product, warehouse, quantity, tier, price.toPlainString());
    }
}
