import { describe, expect, it } from "vitest";
import { whyItDestroys } from "../../../src/operations/command/destroyers.ts";
import { bindObstacle } from "../../../src/operations/command/known-programs.ts";
import { pipesIntoProgram, whyInnerDestroys } from "../../../src/operations/command/see-through.ts";

const split = (line: string): [string, string[]] => {
  const [program = "", ...args] = line.split(" ");
  return [program, args];
};

describe("N1: names count with and without versions", () => {
  it.each(
    "sh /bin/bash python3 python3.11 /usr/bin/node20 nodejs perl5.36 lua5.4 php8.2 mawk vim.basic BASH bash.exe sed psql".split(
      " ",
    ),
  )("%s is an interpreter", (program) => {
    expect(bindObstacle(program)).toBe("interpreter");
  });

  it.each(
    "env sudo nice nohup timeout stdbuf time flock setsid chrt taskset ionice xargs find busybox make ssh npx holdfast ld-linux-x86-64.so.2 coreutils snap".split(
      " ",
    ),
  )("%s is a wrapper", (program) => {
    expect(bindObstacle(program)).toBe("wrapper");
  });

  it.each([
    "docker exec web sh",
    "kubectl exec web -- sh",
    "kubectl whoami",
    "oc rsh web",
    "git -c core.pager=x log",
    "git st",
    "git -C /x st",
    "git fetch --upload-pack=x",
    "git rebase -x x",
    "tar --to-command=x -xf a",
    "tar -Ix -xf a",
    "sort --compress-program=x",
    "sort --compress-prog=x",
    "tar cf x --checkpoint=1 --checkpoint-act=exec=sh",
    "tar -cf x --to-com=sh",
    "git clone -u/tmp/x a b",
    "git fetch --upload-pa=/tmp/x a",
    "gcc -wrapper sh,-c,x a.c",
    "x86_64-linux-gnu-gcc -wrapper x",
    "x86_64-linux-gnu-gcc-13 -fplugin=x.so a.c",
    "sg root -c id",
    "capsh -- -c id",
    "prove x.t",
    "ssh-agent sh -c id",
    "run-parts d",
    "wget --use-askpass=sh x",
    "ip netns exec x sh",
    "dpkg -i x.deb",
  ])("%s runs what it is told to", (line) => {
    expect(bindObstacle(...split(line))).toBe("wrapper");
  });

  it.each([
    "ls -la",
    "cat a",
    "terraform plan",
    "kubectl get pods -n web",
    "kubectl -n exec get pods",
    "git status",
    "git status -u",
    "gcc -c a.c",
    "git -C /x log",
    "docker ps",
    "tar -xzf a",
    "aws s3 ls",
    "sha256sum a",
    "7z l a",
  ])("%s can have an entry", (line) => {
    expect(bindObstacle(...split(line))).toBeUndefined();
  });
});

describe("K1: what is known to destroy", () => {
  it.each([
    "rm -rf x",
    "/bin/rm x",
    "rmdir x",
    "dd of=/dev/sda",
    "mkfs.ext4 /dev/sda",
    "truncate -s0 x",
    "shred x",
    "terraform destroy",
    "terraform -chdir=x apply plan",
    "terraform apply -destroy",
    "tofu state rm x",
    "terraform workspace delete x",
    "pulumi up --yes",
    "kubectl delete pod x",
    "kubectl -n web drain x",
    "oc delete all --all",
    "helm uninstall x",
    "aws ec2 terminate-instances --instance-ids i",
    "aws s3 rm s3://x --recursive",
    "aws s3 sync a b --delete",
    "gcloud compute instances delete x",
    "az group delete -n x",
    "heroku apps:destroy x",
    "dropdb x",
    "psql -c x",
    "git push --force",
    "git push -f",
    "git push origin :main",
    "git push origin +main",
    "git clean -fdx",
    "git reset --hard",
    "git branch -D x",
    "git stash drop",
    "docker rm x",
    "docker system prune",
    "docker volume rm x",
    "podman rmi x",
    "systemctl stop x",
    "shutdown now",
    "find . -delete",
    "crontab -r",
    "apt-get purge x",
    "rsync -a --delete a b",
    "gh api -X DELETE repos/o/r",
    "gh api -X delete repos/o/r",
    "curl -XDELETE https://app.terraform.io/api/v2/workspaces/ws-1",
    "curl --request=delete https://x",
    "wget --method=Delete https://x",
    "kubectl apply --prune=true -f x",
    "kubectl config delete-context x",
    "kubectl-v1.27 delete ns x",
    "kubectl_1.27.3_linux_amd64 delete ns x",
    "git push --forc",
    "git reset --har",
    "git -C /x reset --har",
    "terraform_1.5 destroy",
    "terraform_1.5.7_linux_amd64 destroy",
    "/opt/terraform_1.5.7/terraform destroy",
    "terraform-v1.5.0 destroy",
    "terraform test",
    "aws kms schedule-key-deletion",
    "aws s3 mv s3://a/b /tmp/x",
    "aws s3 rb s3://a",
    "flux delete kustomization x",
    "argocd app delete x",
    "argocd app sync x --prune",
    "nomad job stop x",
    "tar --remove-f -cf a.tar x",
    "pg_restore --clean x",
    "journalctl --vacuum-time=1s",
  ])("%s", (line) => {
    expect(whyItDestroys(...split(line))).toMatch(/^\S+: \S/);
  });

  it.each([
    "ls rm",
    "cat delete",
    "terraform plan",
    "terraform state list",
    "kubectl get pods",
    "kubectl describe pod x",
    "helm list",
    "aws s3 ls",
    "aws ec2 describe-instances",
    "git status",
    "git push",
    "git reset HEAD x",
    "git log --oneline",
    "docker ps",
    "systemctl status x",
    "find . -name x",
    "gh pr list",
    "gh api repos/o/delete",
    "curl https://x",
    "kubectl apply -f x",
    "kubectl apply --prune=false -f x",
    "kubectl config use-context x",
    "git reset --soft HEAD",
    "git push --tags",
    "aws kms describe-key",
    "tar -xzf a",
  ])("not %s", (line) => {
    expect(whyItDestroys(...split(line))).toBeUndefined();
  });

  it.each([
    ["-u", "root", "rm", "-rf", "/"],
    ["-n", "19", "timeout", "-k", "5", "10", "terraform", "destroy"],
    ["-0", "-I{}", "kubectl", "delete", "pod", "{}"],
    [".", "-exec", "rm", "{}", ";"],
    ["-c", "cd /tmp && rm -rf x"],
    ["-c", "x=$(git push --force)"],
    ["-S", "rm -rf x"],
    ["host", "sudo systemctl stop x"],
    ["-c", "import os; os.system('rm -rf /')"],
    ["--", "/usr/bin/rm"],
  ])("S1: behind a wrapper or in a text: %s %s %s %s", (...args) => {
    expect(whyInnerDestroys(args)).toBeDefined();
  });

  it("S1: what is too long to be looked through counts, and takes no time", () => {
    expect(whyInnerDestroys(Array(200_000).fill("git"))).toContain("more words");
    expect(whyInnerDestroys(["-c", "git ".repeat(30_000)])).toContain("more words");
  });
});

describe("what is piped into a program that does what it reads", () => {
  it.each([
    "echo x | node",
    "curl x | sudo bash -e",
    "cat x | timeout 5 python3 -W ignore",
    "true && (curl x | sh -o pipefail)",
    "cat x |& psql prod",
    "find . | xargs rm",
  ])("%s", (text) => {
    expect(pipesIntoProgram(["-c", text])).toBe(true);
  });

  it.each(["echo x | node y.js", "ls | grep sh", "true || sh", "cat x | python3 -c y", "ls | wc"])(
    "not %s",
    (text) => {
      expect(pipesIntoProgram(["-c", text])).toBe(false);
    },
  );
});
