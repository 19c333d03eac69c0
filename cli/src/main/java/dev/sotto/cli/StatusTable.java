package dev.sotto.cli;

import dev.sotto.launch.PlatformStatus;
import dev.sotto.launch.PlatformStatus.LaneStatus;
import dev.sotto.launch.PlatformStatus.NodeStatus;
import dev.sotto.launch.PlatformStatus.ProcessStatus;
import dev.sotto.launch.PlatformStatus.ServiceStatus;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A status for people.
 *
 * @param out where it goes
 * @param now milliseconds of the epoch
 */
record StatusTable(PrintWriter out, long now) {
  private static final int IDENTITY_LETTERS = 12;

  void print(PlatformStatus status) {
    out.printf(
        "Sotto is %s at %s/v1, model %s%n",
        status.state().name().toLowerCase(Locale.ROOT), status.url(), status.model());
    if (!status.note().isEmpty()) {
      out.printf("Note: %s%n", status.note());
    }
    processes(status);
    services(status.services());
    lanes(status.lanes());
    amounts("jobs", status.jobs(), "none");
    amounts("dead letters", status.deadLetters(), "none");
  }

  private void processes(PlatformStatus status) {
    int width = width(status.processes().stream().map(ProcessStatus::name).toList());
    String row = "  %-" + width + "s  %8s  %10s  %8s  %s%n";
    out.printf("%n" + row, "process", "pid", "up", "restarts", "");
    out.printf(row, "supervisor", status.pid(), ago(status.startedAt()), 0, "");
    for (ProcessStatus process : status.processes()) {
      boolean there = process.pid() != 0;
      out.printf(
          row,
          process.name(),
          there ? process.pid() : "-",
          there ? ago(process.since()) : "-",
          process.restarts(),
          Objects.requireNonNullElse(process.lastEnd(), "")
              .lines()
              .findFirst()
              .map(end -> "(" + end + ")")
              .orElse(""));
    }
  }

  private void services(List<ServiceStatus> services) {
    int width = width(services.stream().map(ServiceStatus::name).toList());
    out.printf("%n  %-" + width + "s  %s%n", "service", "health");
    for (ServiceStatus service : services) {
      out.printf(
          "  %-" + width + "s  %s%n", service.name(), service.up() ? "well" : service.detail());
    }
  }

  private void lanes(List<LaneStatus> lanes) {
    for (LaneStatus lane : lanes) {
      out.printf("%n  %s: %s%n", lane.id(), lane.ready() ? "takes jobs" : lane.detail());
      int width = width(lane.nodes().stream().map(NodeStatus::process).toList());
      for (NodeStatus node : lane.nodes()) {
        out.printf(
            "    %-" + width + "s  operator %-10s  key %s…  %-9s  %s%n",
            node.process(),
            node.operator(),
            node.identity().substring(0, Math.min(IDENTITY_LETTERS, node.identity().length())),
            node.up() ? "well" : "not there",
            audits(node));
      }
    }
  }

  private static String audits(NodeStatus node) {
    if (node.audits() == 0) {
      return "not audited yet";
    }
    return node.auditsFailed() == 0
        ? "audits passed: " + node.audits()
        : "audits passed: %d, WRONG: %d"
            .formatted(node.audits() - node.auditsFailed(), node.auditsFailed());
  }

  private void amounts(String what, Map<String, Long> amounts, String none) {
    Map<String, Long> some = new TreeMap<>(new HashMap<>(amounts));
    some.values().removeIf(amount -> amount == 0);
    out.printf(
        "%n  %s: %s%n",
        what,
        some.isEmpty()
            ? none
            : some.entrySet().stream()
                .map(entry -> entry.getKey().toLowerCase(Locale.ROOT) + " " + entry.getValue())
                .collect(Collectors.joining(", ")));
  }

  private static int width(List<String> names) {
    return Math.max(12, names.stream().mapToInt(String::length).max().orElse(0));
  }

  private String ago(long since) {
    Duration up = Duration.ofMillis(Math.max(0, now - since));
    if (up.toMinutes() < 1) {
      return up.toSeconds() + " s";
    }
    if (up.toHours() < 1) {
      return up.toMinutes() + " min";
    }
    return up.toDays() < 2 ? up.toHours() + " h" : up.toDays() + " days";
  }
}
