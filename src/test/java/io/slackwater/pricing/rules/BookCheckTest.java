package io.slackwater.pricing.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.rules.BookCheck.Fault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The check without a document: {@link UnreachableRulesTest} has its cases. */
class BookCheckTest {

    @Test
    void namesTheRuleThatHidesAnotherAndQuotesItsId() {
        assertEquals(
                List.of(
                        new Fault(
                                "RULE_UNREACHABLE",
                                1,
                                "",
                                "The rule can never count, as /rules/0 (<a>) fits wherever it does, holds as long and wins by its smaller rule_id; allowed: another scope, time or priority.")),
                faults(Period.ALWAYS, Draft.hold("a", 1), Draft.hold("b", 1)));
    }

    @Test
    void namesTheFieldThatPutsARuleOutOfItsBook() {
        List<Fault> faults = faults(Period.of(10L, 20L), Draft.hold("a", 1).to(10L));
        assertEquals(List.of("effective_to"), faults.stream().map(Fault::field).toList());
        faults = faults(Period.of(10L, 20L), Draft.hold("a", 1).from(20L));
        assertEquals(List.of("effective_from"), faults.stream().map(Fault::field).toList());
    }

    @Test
    void resolvesRegionsAsPricesDo() {
        List<Fault> faults =
                faults(
                        Period.ALWAYS,
                        Draft.regional("a", "2").warehouses("S1").regions("north"),
                        Draft.regional("b", "2").warehouses("N1").regions("north"));
        assertEquals(
                List.of("0/scope"), faults.stream().map(f -> f.rule() + "/" + f.field()).toList());
    }

    private static List<Fault> faults(Period book, Draft... drafts) {
        Map<Integer, RuleBook.Rule> rules = new LinkedHashMap<>();
        for (int i = 0; i < drafts.length; i++) {
            rules.put(i, drafts[i].rule());
        }
        return BookCheck.faults(
                rules, Map.of("north", Set.of("N1")), book, name -> "<" + name + ">");
    }
}
