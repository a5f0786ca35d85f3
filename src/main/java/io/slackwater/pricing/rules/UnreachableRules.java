package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.rules.BookCheck.Fault;
import io.slackwater.pricing.rules.Effect.Kind;
import io.slackwater.pricing.rules.RuleBook.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Finds the rules of a book that can never count: such a rule is a mistake of its author, who
 * believes that it does something. Only certain cases are told:
 *
 * <ul>
 *   <li>none of the warehouses of the scope lies in one of its regions;
 *   <li>the rule's time lies outside the book's;
 *   <li>one other rule, of the same kind that applies once and equally specific, fits wherever this
 *       one fits, holds as long, and wins by priority or id ({@link Precedence}). Several rules
 *       that only together hide another are not looked for.
 * </ul>
 *
 * <p>Rules that may hide another are found through the names in their scopes, the rarest name
 * first, so that a book of many rules about different things costs little.
 */
final class UnreachableRules {

    private static final String CODE = "RULE_UNREACHABLE";

    /** Product, category, tier and warehouse. */
    private static final int DIMENSIONS = 4;

    private final Map<String, Set<String>> regions;
    private final Period bookPeriod;
    private final UnaryOperator<String> quote;
    private final List<Fault> faults;

    UnreachableRules(
            Map<String, Set<String>> regions,
            Period bookPeriod,
            UnaryOperator<String> quote,
            List<Fault> faults) {
        this.regions = regions;
        this.bookPeriod = bookPeriod;
        this.quote = quote;
        this.faults = faults;
    }

    /** Tells every rule that can never count. */
    void find(Map<Integer, Rule> rules) {
        List<Member> members = new ArrayList<>();
        rules.forEach(
                (index, rule) -> {
                    Member member = new Member(index, rule);
                    if (canHold(member) && canFit(member) && rule.kind() != Kind.PROMOTION) {
                        members.add(member);
                    }
                });
        Map<Shape, Group> groups = new LinkedHashMap<>();
        for (Member member : ranked(members)) {
            groups.computeIfAbsent(member.shape, shape -> new Group()).add(member);
        }
        for (Member member : members) {
            Member winner = hiding(member, groups);
            if (winner != null) {
                boolean byPriority = winner.precedence.priority() > member.precedence.priority();
                faults.add(
                        new Fault(
                                CODE,
                                member.index,
                                "",
                                "The rule can never count, as /rules/%d (%s) fits wherever it does, holds as long and wins by %s; allowed: another scope, time or priority."
                                        .formatted(
                                                winner.index,
                                                quote.apply(winner.precedence.ruleId()),
                                                byPriority ? "priority" : "its smaller rule_id")));
            }
        }
    }

    /** Winners first. Rules of one id, a fault of its own, do not win against each other. */
    private static List<Member> ranked(List<Member> members) {
        Comparator<Member> winnerFirst =
                Comparator.comparing(member -> member.precedence, Precedence.MOST_SPECIFIC_FIRST);
        List<Member> winnersFirst = new ArrayList<>(members);
        winnersFirst.sort(winnerFirst);
        for (int i = 1; i < winnersFirst.size(); i++) {
            Member before = winnersFirst.get(i - 1);
            Member member = winnersFirst.get(i);
            member.rank = winnerFirst.compare(before, member) < 0 ? i : before.rank;
        }
        return winnersFirst;
    }

    private boolean canHold(Member member) {
        if (!member.period.isEmpty()) {
            return true;
        }
        boolean over = member.period.to() <= bookPeriod.from();
        faults.add(
                new Fault(
                        CODE,
                        member.index,
                        over ? "effective_to" : "effective_from",
                        "The rule can never count, as it %s; allowed: a time within the book's."
                                .formatted(
                                        over
                                                ? "ends before the book begins"
                                                : "begins after the book's end")));
        return false;
    }

    private boolean canFit(Member member) {
        if (!member.where.isNowhere()) {
            return true;
        }
        faults.add(
                new Fault(
                        CODE,
                        member.index,
                        "scope",
                        "The rule can never count, as none of the scope's warehouse_ids lies in one of its regions; allowed: warehouses in the regions, or only one of the two."));
        return false;
    }

    private static Member hiding(Member member, Map<Shape, Group> groups) {
        for (Map.Entry<Shape, Group> group : groups.entrySet()) {
            if (group.getKey().mayHide(member.shape)) {
                for (Member other : group.getValue().candidates(member)) {
                    if (other.rank >= member.rank) {
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

    /** The names of a scope, one set a dimension; an empty one names nothing. */
    private static Set<String> names(Where where, int dimension) {
        return switch (dimension) {
            case 0 -> where.productIds();
            case 1 -> where.categories();
            case 2 -> where.tiers();
            default -> where.warehouseIds();
        };
    }

    /** A rule, ready to be compared. */
    private final class Member {

        /** Its place in the book. */
        private final int index;

        private final Where where;
        private final Precedence precedence;
        private final Shape shape;

        /** When it holds within its book. */
        private final Period period;

        /** The lower wins. */
        private int rank;

        Member(int index, Rule rule) {
            this.index = index;
            where = Where.of(rule.scope(), regions);
            precedence = Precedence.of(rule, where);
            shape = new Shape(rule.kind(), where.shape(), where.specificity());
            period = rule.period().intersect(bookPeriod);
        }

        /** Whether it holds and fits wherever an equally specific rule does. */
        boolean hides(Member other) {
            if (!period.covers(other.period)) {
                return false;
            }
            for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
                Set<String> names = names(where, dimension);
                Set<String> others = names(other.where, dimension);
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
     * @param named bits of {@link Place}
     */
    private record Shape(Kind kind, int named, int specificity) {

        /** Whether a rule of this shape may hide an equally specific one of the other. */
        boolean mayHide(Shape other) {
            return kind == other.kind
                    && specificity == other.specificity
                    && (named & ~other.named) == 0;
        }
    }

    /** Rules of one shape, by the names in their scopes, winners first. */
    private static final class Group {

        private final List<Member> all = new ArrayList<>();
        private final List<Map<String, List<Member>>> byName =
                List.of(new HashMap<>(), new HashMap<>(), new HashMap<>(), new HashMap<>());

        void add(Member member) {
            all.add(member);
            for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
                for (String name : names(member.where, dimension)) {
                    byName.get(dimension)
                            .computeIfAbsent(name, unseen -> new ArrayList<>(1))
                            .add(member);
                }
            }
        }

        /** Those that share the rarest name of a rule, among them all that may hide it. */
        List<Member> candidates(Member member) {
            List<Member> fewest = all;
            for (int dimension = 0; dimension < DIMENSIONS; dimension++) {
                Map<String, List<Member>> named = byName.get(dimension);
                if (named.isEmpty()) {
                    continue; // This shape does not name the dimension.
                }
                for (String name : names(member.where, dimension)) {
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
