package io.slackwater.pricing.rules;

import static io.slackwater.pricing.testing.Books.amountOff;
import static io.slackwater.pricing.testing.Books.book;
import static io.slackwater.pricing.testing.Books.hold;
import static io.slackwater.pricing.testing.Books.limits;
import static io.slackwater.pricing.testing.Books.percentOff;
import static io.slackwater.pricing.testing.Books.regional;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.rules.RuleBook.Rule;
import io.slackwater.pricing.rules.RuleBook.Scope;
import io.slackwater.pricing.testing.Books;
import io.slackwater.pricing.testing.Books.RuleText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which rules can never count. */
class UnreachableRulesTest {

    /** Pointers to the rules that can never count; no other fault is there. */
    private static List<String> unreachable(Books book) {
        List<Reason> reasons = RuleBookReader.read(book.bytes(), 0).reasons();
        reasons.forEach(r -> assertEquals("RULE_UNREACHABLE", r.reason(), r::toString));
        return reasons.stream().map(Reason::path).toList();
    }

    private static Books shop() {
        return book(1).region("north", "N1", "N2")
                .region("coast", "N1", "S1")
                .region("south", "S1", "S2")
                .region("old-south", "S2", "S1");
    }

    @Test
    void refusesARuleWhoseWarehousesLieInNoneOfItsRegions() {
        RuleText nowhere = regional("r", "2").warehouses("N1", "X").regions("south");
        assertEquals(List.of("/rules/0/scope"), unreachable(shop().rule(nowhere)));

        RuleText somewhere = regional("r", "2").warehouses("N1", "X").regions("south", "coast");
        assertEquals(List.of(), unreachable(shop().rule(somewhere)));
        // Also a promotion, although of promotions none hides another.
        RuleText cut = percentOff("r", "5").warehouses("X").regions("north");
        assertEquals(List.of("/rules/0/scope"), unreachable(shop().rule(cut)));
    }

    @Test
    void refusesARuleThatHoldsOnlyOutsideTheBook() {
        Books book = book(1).from(1_000L).to(2_000L);
        book.rule(percentOff("too-early", "5").to(1_000));
        book.rule(percentOff("early", "5").to(1_001));
        book.rule(percentOff("too-late", "5").from(2_000));
        book.rule(percentOff("late", "5").from(1_999).to(9_000));

        assertEquals(
                List.of("/rules/0/effective_to", "/rules/2/effective_from"), unreachable(book));
        // Since when a book without effective_from holds is known only when it is published.
        assertEquals(List.of(), unreachable(book(1).from(null).rule(percentOff("r", "5").to(1))));
    }

    @Test
    void refusesARuleThatLosesEverywhereAgainstAnother() {
        assertEquals(
                List.of("/rules/1"), unreachable(shop().rule(hold("a", 1)).rule(hold("b", 2))));
        assertEquals(
                List.of("/rules/0"),
                unreachable(shop().rule(hold("a", 1)).rule(hold("b", 2).priority(1))));
        // Both name a product: equally specific, whatever else one of them names.
        assertEquals(
                List.of("/rules/1"),
                unreachable(
                        shop().rule(hold("a", 1).products("p", "q"))
                                .rule(hold("b", 1).products("q").tiers("basic"))));
        assertEquals(
                List.of("/rules/0", "/rules/1"),
                unreachable(
                        shop().rule(regional("c", "2").regions("south"))
                                .rule(regional("b", "2").regions("old-south"))
                                .rule(regional("a", "2").regions("old-south", "north"))));
        // What is left of its warehouses lies among those of the other.
        assertEquals(
                List.of("/rules/1"),
                unreachable(
                        shop().rule(regional("a", "2").warehouses("N1"))
                                .rule(regional("b", "2").warehouses("N1", "X").regions("north"))));
        Reason told =
                RuleBookReader.read(shop().rule(hold("a", 1)).rule(hold("b", 2)).bytes(), 0)
                        .reasons()
                        .get(0);
        assertEquals(
                "The rule can never count, as /rules/0 ('a') fits wherever it does, holds as long"
                        + " and wins by its smaller rule_id; allowed: another scope, time or"
                        + " priority.",
                told.message());
    }

    @Test
    void takesARuleThatWinsSomewhereOrSometime() {
        // Another kind, or the only kind of which several apply.
        assertEquals(
                List.of(), unreachable(shop().rule(hold("a", 1)).rule(limits("b", "1", null))));
        assertEquals(
                List.of(),
                unreachable(shop().rule(percentOff("a", "1")).rule(amountOff("b", "1"))));
        // More specific.
        assertEquals(
                List.of(),
                unreachable(
                        shop().rule(hold("a", 1).priority(9))
                                .rule(hold("b", 1).tiers("basic"))
                                .rule(hold("c", 1).categories("toys"))
                                .rule(hold("d", 1).products("p"))
                                .rule(hold("e", 1).regions("north"))
                                .rule(hold("f", 1).warehouses("N1"))));
        // One name more.
        assertEquals(
                List.of(),
                unreachable(
                        shop().rule(hold("a", 1).products("p"))
                                .rule(hold("b", 1).products("p", "q"))));
        assertEquals(
                List.of(),
                unreachable(
                        shop().rule(hold("a", 1).products("p").tiers("basic"))
                                .rule(hold("b", 1).products("p"))));
        assertEquals(
                List.of(),
                unreachable(
                        shop().rule(regional("a", "2").regions("south"))
                                .rule(regional("b", "2").regions("coast"))));
        // A moment more.
        assertEquals(
                List.of(),
                unreachable(
                        shop().rule(hold("a", 1).from(5).to(9)).rule(hold("b", 1).from(5).to(10))));
        assertEquals(
                List.of("/rules/1"),
                unreachable(
                        shop().rule(hold("a", 1).from(5).to(9)).rule(hold("b", 1).from(6).to(9))));
        // Two that hide it only together are not looked for.
        assertEquals(
                List.of(),
                unreachable(
                        shop().rule(hold("a", 1).products("p"))
                                .rule(hold("b", 1).products("q"))
                                .rule(hold("c", 1).products("p", "q"))));
    }

    @Test
    void countsOnlyTheTimeWithinTheBook() {
        assertEquals(
                List.of("/rules/1"),
                unreachable(
                        book(1).from(1_000L)
                                .to(2_000L)
                                .rule(hold("a", 1).from(1_000).to(2_000))
                                .rule(hold("b", 1).from(500).to(9_000))));
    }

    @Test
    void looksOnlyAtFaultlessRules() {
        List<Reason> reasons =
                RuleBookReader.read(book(1).rule(hold("a", 0)).rule(hold("b", 2)).bytes(), 0)
                        .reasons();
        assertEquals(List.of("/rules/0/min_seconds"), reasons.stream().map(Reason::path).toList());
    }

    @Test
    void agreesWithTryingEveryPairOfRules() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        int hidden = 0;
        for (int round = 0; round < 2_000; round++) {
            Books book = shop();
            for (int i = 0; i < 8; i++) {
                book.rule(randomRule(random, i));
            }
            List<String> told = unreachable(book);
            List<String> expected = new ArrayList<>();
            List<Rule> rules = readWithoutReach(book);
            for (int i = 0; i < rules.size(); i++) {
                Rule loser = rules.get(i);
                if (rules.stream().anyMatch(winner -> hides(winner, loser))) {
                    expected.add("/rules/" + i);
                }
            }
            hidden += expected.size();
            assertEquals(expected, told, () -> "seed " + seed + ": " + book.json());
        }
        assertTrue(hidden > 1_000, "only " + hidden + " hidden rules in all books");
    }

    private static RuleText randomRule(Random random, int i) {
        RuleText rule = hold("r" + (9 - i), 1).priority(random.nextInt(2));
        if (random.nextInt(3) == 0) {
            rule.products(some(random, "p", "q"));
        }
        if (random.nextInt(4) == 0) {
            rule.categories(some(random, "toys", "garden"));
        }
        if (random.nextInt(4) == 0) {
            rule.tiers(some(random, "basic", "standard"));
        }
        switch (random.nextInt(4)) {
            case 0 -> rule.warehouses(some(random, "N1", "S1"));
            case 1 -> rule.regions(some(random, "north", "coast", "south"));
            case 2 -> rule.warehouses("N1", "S2").regions(some(random, "north", "coast"));
            default -> {}
        }
        if (random.nextInt(3) == 0) {
            rule.from(random.nextInt(3)).to(3 + random.nextInt(2));
        }
        return rule;
    }

    private static String[] some(Random random, String... names) {
        List<String> some = new ArrayList<>(List.of(names));
        while (some.size() > 1 && random.nextBoolean()) {
            some.remove(random.nextInt(some.size()));
        }
        return some.toArray(String[]::new);
    }

    /** The rules one by one, so that none hides another. */
    private static List<Rule> readWithoutReach(Books book) {
        List<Rule> rules = new ArrayList<>();
        for (String rule : book.rules()) {
            rules.add(shop().rule(rule).read().rules().get(0));
        }
        return rules;
    }

    /** Written from the contract's words, place by place. */
    private static boolean hides(Rule winner, Rule loser) {
        boolean wins =
                winner.priority() != loser.priority()
                        ? winner.priority() > loser.priority()
                        : winner.ruleId().compareTo(loser.ruleId()) < 0;
        if (!wins || specificity(winner.scope()) != specificity(loser.scope())) {
            return false;
        }
        for (long moment : List.of(0L, 1L, 2L, 3L, 4L, 99L)) {
            if (loser.period().holdsAt(moment) && !winner.period().holdsAt(moment)) {
                return false;
            }
        }
        Set<List<String>> places = new HashSet<>(places(loser.scope()));
        places.removeAll(places(winner.scope()));
        return places.isEmpty();
    }

    private static int specificity(Scope scope) {
        int thing =
                !scope.productIds().isEmpty()
                        ? 3
                        : !scope.categories().isEmpty() ? 2 : !scope.tiers().isEmpty() ? 1 : 0;
        int place = !scope.warehouseIds().isEmpty() ? 2 : !scope.regions().isEmpty() ? 1 : 0;
        return 3 * thing + place;
    }

    /** Where a scope fits, in a world that has one more of everything than scopes name. */
    private static List<List<String>> places(Scope scope) {
        Map<String, Set<String>> regions = shop().rule(hold("r", 1)).read().regions();
        List<List<String>> places = new ArrayList<>();
        for (String product : List.of("p", "q", "other")) {
            for (String category : List.of("toys", "garden", "other")) {
                for (String tier : List.of("basic", "standard", "other")) {
                    for (String warehouse : List.of("N1", "N2", "S1", "S2", "other")) {
                        boolean inRegion =
                                scope.regions().isEmpty()
                                        || scope.regions().stream()
                                                .anyMatch(r -> regions.get(r).contains(warehouse));
                        if (fits(scope.productIds(), product)
                                && fits(scope.categories(), category)
                                && fits(scope.tiers(), tier)
                                && fits(scope.warehouseIds(), warehouse)
                                && inRegion) {
                            places.add(List.of(product, category, tier, warehouse));
                        }
                    }
                }
            }
        }
        return places;
    }

    private static boolean fits(Set<String> names, String name) {
        return names.isEmpty() || names.contains(name);
    }

    @Test
    void staysQuickHoweverManyRulesThereAre() {
        // Each alone in time: all must be compared, and none hides another.
        Books times = book(1);
        // Each shares a name with all others, and has one of its own.
        Books names = book(1);
        // All name a large region.
        String[] warehouses = new String[1_000];
        for (int i = 0; i < warehouses.length; i++) {
            warehouses[i] = "W" + i;
        }
        Books regions = book(1).region("all", warehouses);
        for (int i = 0; i < 10_000; i++) {
            times.rule(hold("r" + i, 1).from(i).to(i + 1));
            names.rule(hold("r" + i, 1).products("p", "p" + i));
            if (i < 900) {
                regions.rule(hold("r" + i, 1).regions("all").from(i).to(i + 1));
            }
        }
        for (Books book : List.of(times, names, regions)) {
            byte[] document = book.bytes();
            assertEquals(List.of(), RuleBookReader.read(document, 0).reasons());
            long start = System.nanoTime();
            assertEquals(List.of(), RuleBookReader.read(document, 0).reasons());
            long millis = (System.nanoTime() - start) / 1_000_000;
            System.out.println("read in " + millis + " ms");
            assertTrue(millis < 10_000, "took " + millis + " ms");
        }
    }
}
