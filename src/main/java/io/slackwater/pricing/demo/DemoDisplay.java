package io.slackwater.pricing.demo;

import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.demo.Watch.Answer;
import io.slackwater.pricing.model.RuleStatus.State;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Shows a person on the screen what happens while the demo runs. {@link #visitorDid} may be called
 * by any thread; one thread calls everything else.
 */
final class DemoDisplay {

    private final Screen screen;
    private final Feed feed;
    private final Watch watch;
    private final Queue<String> visitors = new ConcurrentLinkedQueue<>();
    private long began;
    private int answersTold;

    DemoDisplay(Screen screen, Feed feed, Watch watch) {
        this.screen = screen;
        this.feed = feed;
        this.watch = watch;
    }

    /** A visitor of the page did something; the screen shows it with the next news. */
    void visitorDid(String done) {
        visitors.add(done);
    }

    /** The demo begins: times are shown from now on. */
    void begin() {
        began = System.currentTimeMillis();
    }

    /** Returns how long the demo has been running, milliseconds. */
    long millis() {
        return System.currentTimeMillis() - began;
    }

    /** Shows something that happened. */
    void say(String text) {
        screen.say(text);
    }

    /** Shows something that happened, with the time. */
    void sayNow(String text) {
        long millis = millis();
        screen.say("%2d:%02d %s".formatted(millis / 60_000, millis / 1000 % 60, text));
    }

    /** Shows what visitors did and what the job answered since the last call. */
    void showNews() {
        for (String done = visitors.poll(); done != null; done = visitors.poll()) {
            sayNow(screen.paint("35", "A visitor: " + done));
        }
        List<Answer> answers = watch.answers();
        for (Answer answer : answers.subList(answersTold, answers.size())) {
            String colour = answer.state() == State.REJECTED ? "31" : "36";
            sayNow(screen.paint(colour, answer.text()));
        }
        answersTold = answers.size();
    }

    /** Shows the figures of this moment. */
    void showFigures() {
        screen.show(
                new Screen.Figures(
                        millis(),
                        feed.messages(),
                        watch.records(KafkaTopics.PRICES),
                        watch.records(KafkaTopics.DEAD_LETTERS),
                        watch.records(KafkaTopics.ALERTS),
                        System.currentTimeMillis(),
                        watch.newestEventTime(),
                        watch.ruleBook(),
                        watch.shown()));
    }
}
