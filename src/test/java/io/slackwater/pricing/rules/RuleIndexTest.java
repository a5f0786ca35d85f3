package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.slackwater.pricing.model.TraceStep;
import io.slackwater.pricing.testing.Stock;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RuleIndexTest {

    private static final RuleIndex<String> HOLDS =
            new RuleIndex<>(
                    List.of(
                            Draft.hold("a", 1).products("P", "Q").rule(),
                            Draft.hold("b", 1).products("P").priority(1).rule(),
                            Draft.hold("c", 1).products("P").warehouses("W").rule()),
                    new Compilation("default@1", Map.of(), 2),
                    Precedence.MOST_SPECIFIC_FIRST,
                    RuleBook.Rule::ruleId);

    @Test
    void findsTheWinnerAndThoseThatLostInTheOrderInWhichTheyWouldWin() {
        Match<String> match = find("P", "W");
        assertEquals("c", match.winner().ready);
        assertEquals(List.of("c", "b", "a"), match.all().stream().map(rule -> rule.ready).toList());
        assertEquals("b: less specific; a: less specific", match.lost());
    }

    @Test
    void findsNothingWhereNoRuleApplies() {
        assertNull(find("R", "W"));
    }

    @Test
    void keepsAMatchWhateverIsFoundAfterIt() {
        Match<String> several = find("P", "W");
        Match<String> alone = find("Q", "W");
        find("P", "X");
        assertEquals(List.of("c", "b", "a"), several.all().stream().map(r -> r.ready).toList());
        assertEquals(List.of("a"), alone.all().stream().map(r -> r.ready).toList());
        assertEquals("", alone.lost());
    }

    private static Match<String> find(String product, String warehouse) {
        TraceStep base = TraceStep.base(TraceStep.LIST_PRICE, null, BigDecimal.TEN);
        return HOLDS.find(
                new Calculation(Stock.level(product, warehouse, 1, 0, 0), null, null, 0, base));
    }
}
