package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.json.Instants;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.RuleBook;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.tools.RuleTopics.Published;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Says which rule book prices, and what comes next. */
@Command(
        name = "status",
        description = {
            "Says which rule book is in force, how far prices follow it, what is scheduled, and what"
                    + " the job answered last."
        },
        footer = {
            "",
            "Exit codes: 0 a book is in force; 1 none is, or nothing is known of one; 2 wrong use,"
                    + " or no broker answers."
        },
        mixinStandardHelpOptions = true)
final class Status implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @ParentCommand private Rules rules;
    @Mixin private WhichJob job;

    @Option(names = "--json", description = "for machines")
    private boolean json;

    /**
     * What the topics tell.
     *
     * @param inForce when its book began; null: none is
     * @param book the document of the book in force; null where it is no longer kept
     * @param progress how far prices follow it; null: nothing was told
     * @param scheduled accepted, not begun
     * @param last the newest answer; null: there is none
     * @param unanswered versions above all that were answered
     */
    private record Known(
            Answer inForce,
            RuleBook book,
            Answer progress,
            Collection<Answer> scheduled,
            Answer last,
            List<Long> unanswered) {}

    @Override
    public Integer call() {
        Settings settings = job.read(rules);
        PrintWriter out = spec.commandLine().getOut();
        Known known;
        try (RuleTopics topics = RuleTopics.open(settings, job.hint(rules))) {
            known = known(topics.answers(), topics.published());
        }
        if (json) {
            printJson(settings, known, out);
        } else {
            print(settings, known, out);
        }
        return known.inForce() == null ? Rules.NO : Rules.GOOD;
    }

    private static Known known(List<Answer> answers, List<Published> published) {
        Answer inForce = null;
        Answer progress = null;
        Answer last = null;
        long highest = 0;
        TreeMap<Long, Answer> scheduled = new TreeMap<>();
        for (Answer answer : answers) {
            last = answer;
            highest = Math.max(highest, answer.version());
            switch (answer.state()) {
                case ACTIVE -> {
                    inForce = answer;
                    progress = null;
                    scheduled.remove(answer.version());
                }
                case SCHEDULED -> scheduled.put(answer.version(), answer);
                case RETIRED -> {
                    inForce = null;
                    progress = null;
                    scheduled.clear();
                }
                case CONVERGING, CONVERGED, CANCELLED -> {
                    if (inForce != null && answer.version() == inForce.version()) {
                        progress = answer;
                    }
                }
                case STALE, REJECTED, IGNORED -> {}
            }
        }
        RuleBook book = null;
        List<Long> unanswered = new ArrayList<>();
        for (Published message : published) {
            if (inForce != null
                    && message.document() != null
                    && message.version() == inForce.version()) {
                book = RuleBookReader.read(message.document()).book();
            }
            if (message.version() > highest) {
                unanswered.add(message.version());
            }
        }
        return new Known(inForce, book, progress, scheduled.values(), last, unanswered);
    }

    private void print(Settings settings, Known known, PrintWriter out) {
        String id = settings.pricing().book();
        Table table = new Table();
        table.row("job", settings.kafka().bootstrapServers() + ", which prices with book " + id);
        Answer inForce = known.inForce();
        if (inForce == null) {
            table.row("in force", "none" + (known.last() == null ? ": the job told nothing" : ""));
        } else {
            table.row(
                    "in force",
                    id
                            + "@"
                            + inForce.version()
                            + (inForce.effectiveFrom() == null
                                    ? ""
                                    : " since " + Instants.format(inForce.effectiveFrom()))
                            + comment(known.book()));
            if (known.book() != null && known.book().effectiveTo() != null) {
                long end = known.book().effectiveTo();
                table.row("", (end <= rules.clock().millis() ? "ended " : "until ") + time(end));
            }
            table.row("prices", progress(known.progress()));
        }
        String name = "scheduled";
        for (Answer answer : known.scheduled()) {
            table.row(
                    name,
                    id
                            + "@"
                            + answer.version()
                            + " from "
                            + time(answer.effectiveFrom())
                            + (inForce != null && answer.version() < inForce.version()
                                    ? ", unless a newer book holds then"
                                    : ""));
            name = "";
        }
        if (!known.unanswered().isEmpty()) {
            table.row(
                    "unanswered",
                    id
                            + "@"
                            + known.unanswered().get(known.unanswered().size() - 1)
                            + " is published, and the job has not answered yet");
        }
        Answer last = known.last();
        if (last != null) {
            table.row(
                    "last answer",
                    time(last.toldAt())
                            + "  "
                            + id
                            + "@"
                            + last.version()
                            + " "
                            + last.state()
                            + ": "
                            + last.words());
            for (Reason reason : last.reasons()) {
                table.row("", "  " + Finding.path(reason) + ": " + reason.message());
            }
        }
        table.print(out, "");
    }

    private static String comment(RuleBook book) {
        return book == null || book.comment() == null
                ? ""
                : ", \"" + HarmlessWriter.line(book.comment()) + "\"";
    }

    private static String progress(Answer progress) {
        if (progress == null) {
            return "nothing was told yet of how far they follow";
        }
        return (progress.state() == State.CONVERGED
                        ? "all follow it: "
                        : progress.state() == State.CONVERGING ? "on their way: " : "")
                + progress.words();
    }

    private static String time(Long millis) {
        return millis == null ? "an unknown time" : Instants.format(millis);
    }

    private void printJson(Settings settings, Known known, PrintWriter out) {
        ObjectNode answer = JsonText.object();
        answer.put("brokers", settings.kafka().bootstrapServers());
        answer.put("book_id", settings.pricing().book());
        if (known.inForce() != null) {
            ObjectNode inForce = known.inForce().toJson();
            if (known.book() != null && known.book().comment() != null) {
                inForce.put("comment", known.book().comment());
            }
            if (known.book() != null && known.book().effectiveTo() != null) {
                inForce.put("effective_to", Instants.format(known.book().effectiveTo()));
            }
            answer.set("in_force", inForce);
        }
        if (known.progress() != null) {
            answer.set("progress", known.progress().toJson());
        }
        var scheduled = answer.putArray("scheduled");
        known.scheduled().forEach(book -> scheduled.add(book.toJson()));
        var unanswered = answer.putArray("unanswered");
        known.unanswered().forEach(unanswered::add);
        if (known.last() != null) {
            answer.set("last_answer", known.last().toJson());
        }
        out.println(JsonText.answer(answer));
    }
}
