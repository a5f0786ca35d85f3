package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.connectors.WallClock;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.tools.Finding.Checked;
import io.slackwater.pricing.tools.RuleBookDifference.Change;
import io.slackwater.pricing.tools.RuleTopics.Mark;
import io.slackwater.pricing.tools.RuleTopics.Published;
import java.io.PrintWriter;
import java.util.List;

/**
 * Publishes one rule book as the next version and hears what the job makes of it.
 *
 * <p>Two managers may publish at the same time: both look, and both take the same next version. The
 * job takes the one that came first; the other one is published once more under a higher version.
 */
final class Publication {

    private static final int TRIES = 3;

    private final RuleTopics topics;
    private final WallClock clock;
    private final PublishOptions options;
    private final PrintWriter out;

    /** How it ended. */
    private enum End {
        DONE,
        NO,
        STALE,
        TIMED_OUT,
        NOT_WAITED
    }

    private Answer last;

    Publication(RuleTopics topics, WallClock clock, PublishOptions options, PrintWriter out) {
        this.topics = topics;
        this.clock = clock;
        this.options = options;
        this.out = out;
    }

    /**
     * Publishes a book.
     *
     * @param file what it was read from: faults are told by its lines
     * @param document the book; its version, comment and force are set here
     * @return the exit code
     */
    int publish(RuleFile file, ObjectNode document) {
        String bookId = document.path("book_id").asText();
        if (!bookId.equals(topics.bookId())) {
            throw CommandFailure.wrongUse(
                    "book_id is '"
                            + bookId
                            + "', and the job prices with '"
                            + topics.bookId()
                            + "' (pricing.book), which is the only one allowed.");
        }
        if (options.comment != null) {
            document.put("comment", options.comment);
        }
        if (options.force) {
            document.put("force", true);
        }
        long asked = document.path("version").asLong(1);
        for (int tried = 1; ; tried++) {
            // Before the look: what comes after it is seen by the check that nobody was quicker.
            Mark before = topics.mark();
            List<Published> published = topics.published();
            long version = Math.max(asked, nextVersion(published, topics.answers()));
            document.put("version", version);
            byte[] bytes = JsonText.bytes(document);
            RuleFile draft = new RuleFile(file.path(), bytes, file.lines(), null);
            Checked checked = Finding.check(draft, clock.millis());
            if (checked.isFaulty()) {
                return refuse(checked, options, out);
            }
            if (options.dryRun) {
                return dryRun(checked, published);
            }
            End end = publish(version, bytes, before);
            if (end != End.STALE) {
                return conclude(version, checked, end);
            }
            if (tried == TRIES) {
                throw CommandFailure.no(
                        tried
                                + " versions came too late, the last one "
                                + topics.bookId()
                                + "@"
                                + version
                                + ". If nobody else publishes, the job knows a higher one that is on"
                                + " no topic any more: write a version above it into the book.");
            }
            say("Somebody else was quicker with %s@%d. Once more.", bookId, version);
        }
    }

    /** One above all that was ever tried, so that no two answers speak of the same version. */
    private static long nextVersion(List<Published> published, List<Answer> answers) {
        long highest = 0;
        for (Published book : published) {
            highest = Math.max(highest, book.version());
        }
        for (Answer answer : answers) {
            highest = Math.max(highest, answer.version());
        }
        if (highest == Long.MAX_VALUE) {
            throw CommandFailure.no(
                    "a version " + highest + " was published, and there is none above it.");
        }
        return highest + 1;
    }

    /** Tells why a book is not published. */
    static int refuse(Checked checked, PublishOptions options, PrintWriter out) {
        if (options.json) {
            ObjectNode answer = JsonText.object().put("published", false).put("good", false);
            Finding.toJson(checked.findings(), answer.putArray("findings"));
            out.println(JsonText.answer(answer));
        } else {
            out.println("Not published: the book has " + Finding.count(checked.findings()) + ".");
            Finding.print(checked.findings(), out);
        }
        return Rules.NO;
    }

    private int dryRun(Checked checked, List<Published> published) {
        RuleBook book = checked.read().book();
        RuleBook before = null;
        for (Published earlier : published) {
            RuleBook read =
                    earlier.document() == null
                            ? null
                            : RuleBookReader.read(earlier.document()).book();
            before = read == null ? before : read;
        }
        List<Change> changes =
                before == null ? List.of() : RuleBookDifference.between(before, book);
        if (options.json) {
            ObjectNode answer = JsonText.object().put("published", false).put("good", true);
            answer.put("book_id", book.bookId()).put("version", book.version());
            Finding.toJson(checked.findings(), answer.putArray("findings"));
            if (before != null) {
                answer.put("compared_with", before.reference());
                Diff.toJson(changes, answer.putArray("changes"));
            }
            out.println(JsonText.answer(answer));
            return Rules.GOOD;
        }
        out.println("It would be published as " + book.reference() + "; nothing was published.");
        if (before == null) {
            out.println("No earlier book is known.");
        } else {
            out.println("Compared with " + before.reference() + ", the newest published:");
            Diff.print(changes, out);
        }
        return Rules.GOOD;
    }

    private End publish(long version, byte[] document, Mark before) {
        last = null;
        long offset = topics.publish(document);
        say("%s  Published as %s@%d.", Instants.format(clock.millis()), topics.bookId(), version);
        // Of two messages of one version nobody could tell which of them an answer means.
        boolean taken =
                topics.published(before.rules()).stream()
                        .anyMatch(book -> book.offset() < offset && book.version() == version);
        if (taken) {
            return End.STALE;
        }
        if (options.wait.isZero()) {
            return End.NOT_WAITED;
        }
        topics.hear(before);
        long deadline = System.nanoTime() + options.wait.toNanos();
        while (System.nanoTime() < deadline) {
            for (Answer answer : topics.heard()) {
                if (answer.state() == State.STALE && last != null) {
                    continue; // Ours was answered: this is somebody's who was slower than we.
                }
                End end =
                        answer.version() == version
                                ? end(answer)
                                : isReplacedBy(answer, version) ? End.NO : null;
                if (answer.version() == version || end != null) {
                    heard(answer);
                }
                if (end != null) {
                    return end;
                }
            }
        }
        return End.TIMED_OUT;
    }

    /** Returns whether an answer about another version says that ours decides no more. */
    private static boolean isReplacedBy(Answer answer, long version) {
        return answer.version() > version && answer.state() == State.CONVERGED;
    }

    /** Null: there is more to come. */
    private End end(Answer answer) {
        return switch (answer.state()) {
            case ACTIVE, CONVERGING -> null;
            // What holds from now on is scheduled too, until event time gets there in a moment.
            case SCHEDULED ->
                    answer.effectiveFrom() != null
                                    && answer.effectiveFrom()
                                            > clock.millis() + options.wait.toMillis()
                            ? End.DONE
                            : null;
            case CONVERGED -> End.DONE;
            case STALE -> End.STALE;
            case REJECTED, IGNORED, RETIRED, CANCELLED, OVERTAKEN, ENDED -> End.NO;
        };
    }

    private void heard(Answer answer) {
        last = answer;
        say(
                "%s  %s@%d %-10s  %s.",
                Instants.format(answer.toldAt()),
                answer.bookId(),
                answer.version(),
                answer.state().name(),
                answer.words());
        if (!options.json) {
            for (Reason reason : answer.reasons()) {
                out.println(
                        HarmlessWriter.line(
                                "    " + Finding.path(reason) + ": " + reason.message()));
            }
        }
    }

    private int conclude(long version, Checked checked, End end) {
        boolean good = end == End.DONE || end == End.NOT_WAITED;
        if (options.json) {
            ObjectNode answer = JsonText.object().put("published", true).put("good", good);
            answer.put("book_id", topics.bookId()).put("version", version);
            answer.put("timed_out", end == End.TIMED_OUT);
            if (last != null) {
                answer.set("answer", last.toJson());
            }
            Finding.toJson(checked.findings(), answer.putArray("findings"));
            out.println(JsonText.answer(answer));
            return good ? Rules.GOOD : Rules.NO;
        }
        String book = topics.bookId() + "@" + version;
        String waited = "within " + options.wait.toSeconds() + " s";
        out.println(
                switch (end) {
                    case DONE ->
                            last.state() == State.SCHEDULED
                                    ? book + " is accepted and begins by itself."
                                    : book + " is in force, and every price follows it.";
                    case NOT_WAITED -> book + " is published; jobs/rules status tells the rest.";
                    case TIMED_OUT ->
                            last == null
                                    ? book
                                            + " is published, and the job has not answered "
                                            + waited
                                            + ". If it runs, jobs/rules status tells the rest."
                                    : book
                                            + " is accepted, and not every price follows it "
                                            + waited
                                            + ": jobs/rules status tells the rest.";
                    default -> refused(book);
                });
        return good ? Rules.GOOD : Rules.NO;
    }

    private String refused(String book) {
        if (last.version() == 0 || !book.endsWith("@" + last.version())) {
            return "A newer book has taken the place of " + book + ".";
        }
        return switch (last.state()) {
            case REJECTED, IGNORED ->
                    book + " changes nothing; the book before it stays. Publish a corrected one.";
            case RETIRED -> book + " was withdrawn.";
            case OVERTAKEN -> book + " does not decide: a newer book holds at its begin.";
            case ENDED ->
                    book
                            + (last.told().deciding() == null
                                    ? " has ended before every price followed it, and no version"
                                            + " decides."
                                    : " has ended before every price followed it; "
                                            + topics.bookId()
                                            + "@"
                                            + last.told().deciding()
                                            + " decides.");
            default -> "A newer book has taken the place of " + book + ".";
        };
    }

    private void say(String format, Object... values) {
        if (!options.json) {
            out.println(format.formatted(values));
            out.flush();
        }
    }
}
