package dev.sotto.orchestration.broker;

import dev.sotto.contracts.BadMessage;
import dev.sotto.contracts.event.EventCodec;
import dev.sotto.contracts.event.NodeAnnounced;
import dev.sotto.contracts.event.Topic;
import dev.sotto.orchestration.dispatch.Dispatcher;
import dev.sotto.orchestration.dispatch.Figures;
import dev.sotto.orchestration.lane.LaneBoard;
import dev.sotto.orchestration.lane.LaneView;
import dev.sotto.orchestration.lane.Said;
import dev.sotto.orchestration.store.LaneStore;
import dev.sotto.platform.event.RecordFeeds;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What nodes say of themselves, from the oldest word that is kept on. What is believed and new is
 * recorded; what cannot be recorded now is when the node says it next.
 */
final class NodeFeed {
  private static final Logger LOG = LoggerFactory.getLogger(NodeFeed.class);

  private final LaneBoard board;
  private final LaneStore store;
  private final Dispatcher dispatcher;
  private final Figures figures;
  private final InstantSource wall;
  private final Set<String> unrecorded = ConcurrentHashMap.newKeySet();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private volatile boolean fresh;

  NodeFeed(
      LaneBoard board,
      LaneStore store,
      Dispatcher dispatcher,
      Figures figures,
      InstantSource wall) {
    this.board = board;
    this.store = store;
    this.dispatcher = dispatcher;
    this.figures = figures;
    this.wall = wall;
  }

  /** Reads what there is, and goes on by itself. */
  void follow(RecordFeeds feeds) {
    feeds.follow(
        "orchestration-nodes",
        List.of(Topic.NODES.topicName()),
        RecordFeeds.From.BEGINNING,
        this::read);
    fresh = true; // what comes now was not there before
    board.listen();
  }

  private void read(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null) {
      return;
    }
    try {
      if (EventCodec.decode(record.value()).event() instanceof NodeAnnounced said) {
        hear(said);
      }
    } catch (BadMessage bad) {
      LOG.warn("an announcement is unreadable: {}", bad.getMessage());
    }
  }

  private void hear(NodeAnnounced said) {
    if (refused.size() > 1024) {
      refused.clear(); // strangers may write what they like, and fill nothing
    }
    switch (board.hear(said, fresh)) {
      case Said.Believed believed -> believed(believed);
      case Said.Outdated _ -> {}
      case Said.Forged _ -> {
        figures.unsigned(Topic.NODES);
        if (refused.add(said.identity() + "unsigned")) {
          LOG.warn("an announcement of node {} is not signed by it", said.identity());
        }
      }
      case Said.Refused no -> {
        if (refused.add(no.identity() + no.why())) {
          LOG.warn("node {} is not believed: {}", no.identity(), no.why());
        }
      }
    }
  }

  private void believed(Said.Believed said) {
    String node = said.node().identity() + "/" + said.node().stage();
    if (!said.changed() && !unrecorded.contains(node)) {
      return;
    }
    unrecorded.add(node);
    LaneView lane = Objects.requireNonNull(board.lane(said.node().lane()));
    store.record(said.node(), lane, wall.millis());
    unrecorded.remove(node);
    LOG.info(
        "{} of stage {} of lane {} is {}; the lane is {}",
        said.node().role(),
        said.node().stage(),
        lane.manifest().laneId(),
        said.node().state(),
        lane.state());
    dispatcher.lanesChanged();
  }
}
