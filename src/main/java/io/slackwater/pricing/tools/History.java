package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.connectors.LakeReader;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.settings.Settings;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Lists every publication of the rule book that prices, newest first, with what became of it: from
 * {@code pricing.rule_books}, which forgets nothing.
 */
@Command(
        name = "history",
        description =
                "Lists every version of the rule book that was published, newest first, and what"
                        + " became of it, from the lake.",
        footer = {
            "",
            "Exit codes: 0 there is a history; 1 no rule book was ever published; 2 wrong use, or"
                    + " the lake cannot be read."
        },
        mixinStandardHelpOptions = true)
final class History implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private LakeOptions lakeOptions;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    /**
     * One publication and what became of it.
     *
     * @param first the answer that its message got
     * @param book what it says; null where it was refused, or has no document
     * @param last the newest answer, that of its begin or end included
     * @param converged how its prices followed; null: not yet, or never
     */
    private record Publication(
            RuleStatus first, RuleBook book, RuleStatus last, RuleStatus converged) {

        /**
         * Returns whether it decided before, and does once more after a newer version has ended.
         */
        boolean isAgain() {
            return converged != null
                    && last.state() == State.ACTIVE
                    && converged.at() != null
                    && last.at() != null
                    && converged.at() < last.at();
        }

        boolean isAccepted() {
            return first.state() == State.ACTIVE || first.state() == State.SCHEDULED;
        }

        /** Null where it never held, or where that is not known. */
        Long effectiveFrom() {
            return isAccepted() ? first.effectiveFrom() : null;
        }

        /** Null where it never held, or has no end. */
        Long effectiveTo() {
            return isAccepted() && book != null ? book.effectiveTo() : null;
        }
    }

    @Override
    public Integer call() {
        return lakeOptions.read(spec, this::list);
    }

    private int list(LakeReader lake, Settings settings) {
        String bookId = settings.pricing().book();
        List<Publication> publications = publications(lake.answers(bookId));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Wording.json(document(bookId, publications)));
        } else if (publications.isEmpty()) {
            out.println("No rule book " + Wording.quoted(bookId) + " was ever published.");
        } else {
            tell(out, bookId, publications);
        }
        return publications.isEmpty() ? LakeOptions.NO : LakeOptions.GOOD;
    }

    /** Newest first. */
    private static List<Publication> publications(List<RuleStatus> answers) {
        // A message is known by its version and its time; what no message made (a begin, the
        // convergence) belongs to the newest message of its version that was accepted.
        Map<List<Object>, List<RuleStatus>> byMessage = new LinkedHashMap<>();
        Map<Long, List<RuleStatus>> accepted = new LinkedHashMap<>();
        for (RuleStatus answer : answers) {
            boolean ofMessage =
                    answer.publishedAt() != null || !accepted.containsKey(answer.version());
            List<RuleStatus> group;
            if (ofMessage) {
                List<Object> message = new ArrayList<>();
                boolean retired = answer.state() == State.RETIRED;
                // One message retires every version that still could decide.
                message.add(retired ? null : answer.version());
                message.add(answer.publishedAt());
                // A book and its retirement may carry the same version and millisecond.
                message.add(retired);
                group = byMessage.computeIfAbsent(message, key -> new ArrayList<>());
                if (retired && accepted.containsKey(answer.version())) {
                    accepted.get(answer.version()).add(answer);
                }
                if (answer.state() == State.ACTIVE || answer.state() == State.SCHEDULED) {
                    accepted.put(answer.version(), group);
                }
            } else {
                group = accepted.get(answer.version());
            }
            group.add(answer);
        }
        List<Publication> publications = new ArrayList<>();
        byMessage.values().forEach(group -> publications.add(publication(group)));
        publications.sort(
                Comparator.comparing(
                                (Publication publication) -> publication.first().publishedAt(),
                                Comparator.nullsFirst(Comparator.naturalOrder()))
                        .thenComparing(
                                publication -> publication.first().version(),
                                Comparator.nullsFirst(Comparator.naturalOrder()))
                        .reversed());
        return publications;
    }

    private static Publication publication(List<RuleStatus> answers) {
        RuleStatus first = answers.get(0);
        if (first.state() == State.RETIRED) {
            // A retirement tells the highest version.
            first = answers.get(answers.size() - 1);
        }
        RuleStatus last = first;
        RuleStatus converged = null;
        for (RuleStatus answer : answers) {
            // A book that begins later is first scheduled, then active.
            first = answer.state() == State.SCHEDULED ? answer : first;
            last = LATER.compare(answer, last) >= 0 ? answer : last;
            converged =
                    answer.state() == State.CONVERGED && answer.examined() != null
                            ? answer
                            : converged;
        }
        RuleBook book =
                first.document() == null
                        ? null
                        : RuleBookReader.readAgain(
                                        first.document().getBytes(StandardCharsets.UTF_8))
                                .book();
        return new Publication(first, book, last, converged);
    }

    /** In which order a book that is accepted gets its answers. */
    private static final Comparator<RuleStatus> LATER =
            Comparator.comparing(RuleStatus::at, Comparator.nullsFirst(Comparator.naturalOrder()))
                    .thenComparingInt(History::rank);

    private static int rank(RuleStatus answer) {
        return switch (answer.state()) {
            case ACTIVE -> 1;
            case CANCELLED -> 2;
            case CONVERGED -> 3;
            case OVERTAKEN, ENDED -> 4;
            case RETIRED -> 5;
            default -> 0;
        };
    }

    private void tell(PrintWriter out, String bookId, List<Publication> publications) {
        out.println(
                "Rule book "
                        + Wording.plain(bookId)
                        + ": "
                        + Wording.count(publications.size(), "publication", "publications")
                        + ", newest first");
        out.println();
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of(
                        "version",
                        "published",
                        "answer",
                        "holds from",
                        "until",
                        "forced",
                        "changed",
                        "took",
                        "comment"));
        for (Publication publication : publications) {
            RuleStatus first = publication.first();
            RuleBook book = publication.book();
            RuleStatus converged = publication.converged();
            rows.add(
                    List.of(
                            first.version() == null ? "?" : first.version().toString(),
                            time(first.publishedAt(), "?"),
                            words(publication),
                            time(publication.effectiveFrom(), "-"),
                            time(publication.effectiveTo(), "-"),
                            book != null && book.force() ? "forced" : "-",
                            converged == null
                                    ? "-"
                                    : Wording.count(converged.changed())
                                            + " of "
                                            + Wording.count(converged.examined()),
                            converged == null || converged.tookMillis() == null
                                    ? "-"
                                    : Wording.duration(converged.tookMillis()),
                            book == null || book.comment() == null
                                    ? ""
                                    : Wording.plain(book.comment())));
        }
        List<String> lines = Wording.table(rows, List.of(0, 6, 7));
        out.println(lines.get(0));
        for (int i = 0; i < publications.size(); i++) {
            out.println(lines.get(i + 1));
            for (Reason reason : publications.get(i).first().reasons()) {
                out.println(
                        "           %s%s (%s)"
                                .formatted(
                                        reason.path().isEmpty()
                                                ? ""
                                                : Wording.plain(reason.path()) + ": ",
                                        Wording.lines(reason.message()),
                                        Wording.plain(reason.reason())));
            }
        }
    }

    private static String words(Publication publication) {
        State first = publication.first().state();
        String word =
                switch (first) {
                    case REJECTED -> "refused";
                    case STALE -> "stale";
                    case IGNORED -> "ignored";
                    case RETIRED -> "retired";
                    case SCHEDULED -> "scheduled";
                    default -> "accepted";
                };
        State last = publication.last().state();
        String then =
                switch (last) {
                    case ACTIVE ->
                            publication.isAgain()
                                    ? "decides again"
                                    : first == State.SCHEDULED ? "begun" : "";
                    case CONVERGED -> "converged";
                    case CANCELLED -> "replaced";
                    case OVERTAKEN ->
                            "overtaken"
                                    + (publication.last().deciding() == null
                                            ? ""
                                            : " by " + publication.last().deciding());
                    case ENDED -> "ended";
                    case RETIRED -> first == State.RETIRED ? "" : "retired";
                    default -> "";
                };
        return then.isEmpty() ? word : word + ", " + then;
    }

    private static String time(Long time, String absent) {
        return time == null ? absent : Wording.time(time);
    }

    private static ObjectNode document(String bookId, List<Publication> publications) {
        ObjectNode document = Wording.object();
        document.put("book_id", bookId);
        ArrayNode list = document.putArray("publications");
        for (Publication publication : publications) {
            ObjectNode entry = list.addObject();
            RuleStatus first = publication.first();
            RuleBook book = publication.book();
            put(entry, "version", first.version());
            putTime(entry, "published_at", first.publishedAt());
            entry.put("answer", first.state().name());
            entry.put("last_answer", publication.last().state().name());
            putTime(entry, "effective_from", publication.effectiveFrom());
            putTime(entry, "effective_to", publication.effectiveTo());
            if (book != null) {
                entry.put("forced", book.force());
                if (book.comment() != null) {
                    entry.put("comment", book.comment());
                }
            }
            RuleStatus converged = publication.converged();
            if (converged != null) {
                put(entry, "examined", converged.examined());
                put(entry, "changed", converged.changed());
                put(entry, "took_ms", converged.tookMillis());
            }
            if (!first.reasons().isEmpty()) {
                ArrayNode reasons = entry.putArray("reasons");
                for (Reason reason : first.reasons()) {
                    ObjectNode item = reasons.addObject();
                    item.put("reason", reason.reason());
                    item.put("path", reason.path());
                    item.put("message", reason.message());
                }
            }
        }
        return document;
    }

    private static void put(ObjectNode document, String name, Long value) {
        if (value != null) {
            document.put(name, value);
        }
    }

    private static void putTime(ObjectNode document, String name, Long time) {
        if (time != null) {
            document.put(name, Wording.time(time));
        }
    }
}
