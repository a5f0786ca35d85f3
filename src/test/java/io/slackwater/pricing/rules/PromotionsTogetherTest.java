package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.testing.Books;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class PromotionsTogetherTest {

    @Test
    void letsSoManyMeetAndRefusesOneMore() {
        assertEquals(List.of(), faults(20, i -> ""));
        List<Reason> one = faults(21, i -> "");
        assertEquals(1, one.size());
        assertEquals("TOO_MANY_PROMOTIONS", one.get(0).reason());
        assertEquals("/rules/20", one.get(0).path());
        assertEquals(
                "More than 20 promotions hold at the same time for all stock; allowed: at most 20.",
                one.get(0).message());
    }

    @Test
    void countsWhatNamesTheSameThing() {
        assertEquals(List.of(), faults(60, i -> scope("product_ids", "P" + i)));
        assertEquals(List.of(), faults(60, i -> scope("categories", "C" + i % 3)));
        assertEquals(2, faults(42, i -> scope("categories", "C" + i % 2)).size());
        assertEquals(List.of(), faults(40, i -> ",\"segment\":\"S" + i % 20 + "\""));
        assertEquals(1, faults(21, i -> ",\"segment\":\"S\"").size());
        assertEquals(1, faults(21, i -> scope("warehouse_ids", "W")).size());
    }

    @Test
    void countsOnlyWhatHoldsAtTheSameTime() {
        // One for each hour of a week, and each ends when the next begins.
        assertEquals(List.of(), faults(168, i -> hours(i, i + 1)));
        assertEquals(List.of(), faults(168, i -> hours(i, i + 20)));
        assertEquals("/rules/20", faults(168, i -> hours(i, i + 21)).get(0).path());
    }

    private static String scope(String dimension, String name) {
        return ",\"scope\":{\"" + dimension + "\":[\"" + name + "\"]}";
    }

    private static String hours(int from, int to) {
        return ",\"effective_from\":" + 3_600_000L * from + ",\"effective_to\":" + 3_600_000L * to;
    }

    private static List<Reason> faults(int promotions, IntFunction<String> fields) {
        Books book = Books.book(1);
        for (int i = 0; i < promotions; i++) {
            book.rule(
                    "{\"rule_id\":\"r%d\",\"kind\":\"promotion\",\"percent_off\":1%s}"
                            .formatted(i, fields.apply(i)));
        }
        return RuleBookReader.read(book.bytes(), 0).reasons();
    }
}
