package dev.sotto.gateway.jobs;

import com.fasterxml.jackson.annotation.JsonValue;

/** How far the gateway has seen a job come. */
public enum JobState {
  /** It was asked for. */
  REQUESTED("requested"),
  /** It has its lanes. */
  PLACED("placed"),
  /** It is over. */
  ENDED("ended");

  private final String label;

  JobState(String label) {
    this.label = label;
  }

  /** As it is stored. */
  @JsonValue
  public String label() {
    return label;
  }

  static JobState of(String label) {
    for (JobState state : values()) {
      if (state.label.equals(label)) {
        return state;
      }
    }
    throw new IllegalStateException("job.state is none that this version knows");
  }
}
