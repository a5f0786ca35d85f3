package io.slackwater.pricing.json;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.RuleBook.Kind;
import io.slackwater.pricing.model.RuleBook.Rule;
import io.slackwater.pricing.model.RuleBook.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the rules of a book that can never count: such a rule is a mistake of its author, who
 * believes that it does something. Only certain cases are told:
 *
 * <ul>
 *   <li>none of the warehouses of the scope lies in one of its regions;
 *   <li>the rule's time lies outside the book's;
 *   <li>one other rule, of the same kind that applies once and equally specific, fits wherever this
 *       one fits, holds as long, and wins by priority or id (contract, "Rules"). Several rules that
 *       only together hide another are not looked for.
 * </ul>
 *
 * <p>Rules that may hide another are found through the names in their scopes, the rarest name
 * first, so that a book of many rules about different things costs little.
 */
final class RuleReach {

    private static final int WAREHOUSES = 3;

    private static final Comparator<Rule> WINNER_FIRST =
            Comparator.comparingInt(Rule::priority).reversed().thenComparing(Rule::ruleId);

    private final BookFields in;
    private final Map<String, Set<String>> regions;
    private final Period bookPeriod;

    /**
     * @param in where the faults are told
     * @param regions warehouses by region
     * @param bookPeriod when the book holds, as far as it says so
     */
    RuleReach(BookFields in, Map<String, Set<String>> regions, Period bookPeriod) {
        this.in = in;
        this.regions = regions;
        this.bookPeriod = bookPeriod;
    }

    /**
     * Tells every rule that can never count.
     *
     * @param rules faultless rules by their place in the document; together they name no more
     *     combinations than a book may
     */
    void refuseUnreachable(Map<Integer, Rule> rules) {
        Map<Rule, Integer> ranks = ranks(rules.values());
        List<Member> members = new ArrayList<>();
        rules.forEach(
                (index, rule) -> {
                    Member member = member(index, rule, ranks.get(rule));
                    if (canHold(member) && canFit(member) && rule.kind() != Kind.PROMOTION) {
                        members.add(member);
                    }
                });
        Map<Shape, Group> groups = new LinkedHashMap<>();
        List<Member> winnersFirst = new ArrayList<>(members);
        winnersFirst.sort(Comparator.comparingInt(Member::rank));
        for (Member member : winnersFirst) {
            groups.computeIfAbsent(member.shape(), shape -> new Group()).add(member);
        }
        for (Member member : members) {
            Member winner = hiding(member, groups);
            if (winner != null) {
                in.fault(
                        "RULE_UNREACHABLE",
                        member.path(),
                        "The rule can never count, as "
                                + winner.path()
                                + " ("
                                + Texts.quote(winner.rule().ruleId())
                                + ") fits wherever it does, holds as long and wins by "
                                + (winner.rule().priority() > member.rule().priority()
                                        ? "priority"
                                        : "its smaller rule_id")
                                + "; allowed: another scope, time or priority.");
            }
        }
    }

    /** The lower rank wins. Rules of one id, a fault of its own, do not win against each other. */
    private static Map<Rule, Integer> ranks(Collection<Rule> rules) {
        List<Rule> winnersFirst = new ArrayList<>(rules);
        winnersFirst.sort(WINNER_FIRST);
        Map<Rule, Integer> ranks = new IdentityHashMap<>();
        int rank = 0;
        for (int i = 0; i < winnersFirst.size(); i++) {
            if (i > 0 && WINNER_FIRST.compare(winnersFirst.get(i - 1), winnersFirst.get(i)) < 0) {
                rank = i;
            }
            ranks.put(winnersFirst.get(i), rank);
        }
        return ranks;
    }

    private Member member(int index, Rule rule, int rank) {
        return new Member(
                index, rule, rank, warehouses(rule.scope()), rule.period().intersect(bookPeriod));
    }

    private boolean canHold(Member member) {
        if (!member.period().isEmpty()) {
            return true;
        }
        boolean over = member.period().to() <= bookPeriod.from();
        in.fault(
                "RULE_UNREACHABLE",
                member.path() + (over ? "/effective_to" : "/effective_from"),
                "The rule can never count, as it "
                        + (over ? "ends before the book begins" : "begins after the book's end")
                        + "; allowed: a time within the book's.");
        return false;
    }

    private boolean canFit(Member member) {
        if (!member.warehouses().isEmpty() || member.shape().place() == 0) {
            return true;
        }
        in.fault(
                "RULE_UNREACHABLE",
                member.path() + "/scope",
                "The rule can never count, as none of the scope's warehouse_ids lies in one of its"
                        + " regions; allowed: warehouses in the regions, or only one of the two.");
        return false;
    }

    /** Where a scope fits, regions resolved; empty when it names no place, or no warehouse fits. */
    private Set<String> warehouses(Scope scope) {
        if (scope.regions().isEmpty()) {
            return scope.warehouseIds();
        }
        if (scope.warehouseIds().isEmpty() && scope.regions().size() == 1) {
            return regions.get(scope.regions().iterator().next());
        }
        Set<String> inRegions = new HashSet<>();
        for (String region : scope.regions()) {
            inRegions.addAll(regions.get(region));
        }
        if (!scope.warehouseIds().isEmpty()) {
            inRegions.retainAll(scope.warehouseIds());
        }
        return inRegions;
    }

    private static Member hiding(Member member, Map<Shape, Group> groups) {
        for (Map.Entry<Shape, Group> group : groups.entrySet()) {
            if (group.getKey().mayHide(member.shape())) {
                for (Member other : group.getValue().candidates(member)) {
                    if (other.rank() >= member.rank()) {
                        break; // It and all that follow lose.
                    }
                    if (other.hides(member)) {
                        return other;
                    }
                }
            }
        }
        return null;
    }

    /**
     * A rule, ready to be compared.
     *
     * @param rank of two equally specific ones the lower wins
     * @param warehouses where it fits; empty: everywhere
     * @param period when it holds within its book
     */
    private record Member(int index, Rule rule, int rank, Set<String> warehouses, Period period) {

        String path() {
            return "/rules/" + index;
        }

        Set<String> names(int dimension) {
            return switch (dimension) {
                case 0 -> rule.scope().productIds();
                case 1 -> rule.scope().categories();
                case 2 -> rule.scope().tiers();
                default -> warehouses;
            };
        }

        Shape shape() {
            Scope scope = rule.scope();
            return new Shape(
                    rule.kind(),
                    !scope.productIds().isEmpty(),
                    !scope.categories().isEmpty(),
                    !scope.tiers().isEmpty(),
                    scope.warehouseIds().isEmpty() ? (scope.regions().isEmpty() ? 0 : 1) : 2);
        }

        /** Whether it holds and fits wherever an equally specific rule does. */
        boolean hides(Member other) {
            if (!period.covers(other.period)) {
                return false;
            }
            for (int dimension = 0; dimension <= WAREHOUSES; dimension++) {
                Set<String> names = names(dimension);
                Set<String> others = other.names(dimension);
                if (!names.isEmpty()
                        && (names.size() < others.size() || !names.containsAll(others))) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * What a scope names, whatever the names.
     *
     * @param place 2: warehouses, 1: regions only, 0: neither
     */
    private record Shape(
            Kind kind, boolean products, boolean categories, boolean tiers, int place) {

        /** Whether a rule of this shape may hide an equally specific one of the other. */
        boolean mayHide(Shape other) {
            return kind == other.kind
                    && place == other.place
                    && thing() == other.thing()
                    && (!products || other.products)
                    && (!categories || other.categories)
                    && (!tiers || other.tiers);
        }

        private int thing() {
            return products ? 3 : categories ? 2 : tiers ? 1 : 0;
        }
    }

    /** Rules of one shape, by the names in their scopes, winners first. */
    private static final class Group {

        private final List<Member> all = new ArrayList<>();
        private final List<Map<String, List<Member>>> byName =
                List.of(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());

        void add(Member member) {
            all.add(member);
            for (int dimension = 0; dimension <= WAREHOUSES; dimension++) {
                for (String name : member.names(dimension)) {
                    byName.get(dimension)
                            .computeIfAbsent(name, unseen -> new ArrayList<>(1))
                            .add(member);
                }
            }
        }

        /** Those that share the rarest name of a rule, among them all that may hide it. */
        List<Member> candidates(Member member) {
            List<Member> fewest = all;
            for (int dimension = 0; dimension <= WAREHOUSES; dimension++) {
                Map<String, List<Member>> named = byName.get(dimension);
                if (named.isEmpty()) {
                    continue; // This shape does not name the dimension.
                }
                for (String name : member.names(dimension)) {
                    List<Member> sharing = named.getOrDefault(name, List.of());
                    if (sharing.size() < fewest.size()) {
                        fewest = sharing;
                    }
                }
            }
            return fewest;
        }
    }
}
